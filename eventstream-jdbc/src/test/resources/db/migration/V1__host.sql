CREATE TABLE host_table (id bigint PRIMARY KEY);
