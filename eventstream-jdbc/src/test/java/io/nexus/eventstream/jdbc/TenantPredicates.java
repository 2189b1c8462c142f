package io.nexus.eventstream.jdbc;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import net.sf.jsqlparser.JSQLParserException;
import net.sf.jsqlparser.expression.Alias;
import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.expression.operators.conditional.AndExpression;
import net.sf.jsqlparser.expression.operators.relational.EqualsTo;
import net.sf.jsqlparser.expression.operators.relational.ParenthesedExpressionList;
import net.sf.jsqlparser.parser.CCJSqlParserUtil;
import net.sf.jsqlparser.schema.Column;
import net.sf.jsqlparser.schema.Table;
import net.sf.jsqlparser.statement.delete.Delete;
import net.sf.jsqlparser.statement.insert.Insert;
import net.sf.jsqlparser.statement.select.FromItem;
import net.sf.jsqlparser.statement.select.Join;
import net.sf.jsqlparser.statement.select.PlainSelect;
import net.sf.jsqlparser.statement.update.Update;

/**
 * Reads SQL and finds tables that are touched without saying for which tenant: in the WHERE or ON of the same SELECT, UPDATE or
 * DELETE their tenant_id must equal something else than another table's whose tenant is not said either, and an INSERT
 * must name the column.
 */
final class TenantPredicates {

    private static final String TENANT = "tenant_id";

    private final Set<String> tables;
    private final List<String> findings = new ArrayList<>();
    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private int touched;

    private TenantPredicates(Set<String> tables) {
        this.tables = tables;
    }

    /**
     * What a statement does to tables of tenants.
     *
     * @param touched how often it names one
     * @param unbound which of them without a tenant
     */
    record Report(int touched, List<String> unbound) {}

    static Report of(String sql, Set<String> tables) {
        TenantPredicates predicates = new TenantPredicates(tables);
        try {
            // The parser does not know that PostgreSQL needs nothing to select.
            predicates.visit(CCJSqlParserUtil.parse(sql.replaceAll("\\bSELECT\\s+FROM\\b", "SELECT 1 FROM")));
        } catch (JSQLParserException e) {
            throw new IllegalStateException("cannot be read: " + sql, e);
        }
        return new Report(predicates.touched, predicates.findings);
    }

    /** Looks at a node and at everything below it. */
    private void visit(Object node) {
        if (node instanceof Collection<?> nodes) {
            nodes.forEach(this::visit);
            return;
        }
        if (node == null || !isOfTheParser(node.getClass()) || !seen.add(node)) {
            return;
        }
        if (node instanceof PlainSelect select) {
            scope(items(null, select.getFromItem(), select.getJoins()), select.getWhere(), select.getJoins());
        } else if (node instanceof Update update) {
            scope(
                    items(update.getTable(), update.getFromItem(), update.getJoins()),
                    update.getWhere(),
                    update.getJoins());
        } else if (node instanceof Delete delete) {
            List<FromItem> items = items(delete.getTable(), null, delete.getJoins());
            if (delete.getUsingList() != null) {
                items.addAll(delete.getUsingList());
            }
            scope(items, delete.getWhere(), delete.getJoins());
        } else if (node instanceof Insert insert && isOfTenants(insert.getTable())) {
            touched++;
            if (insert.getColumns() == null
                    || insert.getColumns().stream()
                            .noneMatch(column -> column.getColumnName().equals(TENANT))) {
                findings.add("INSERT INTO " + insert.getTable().getName());
            }
        }
        for (Class<?> type = node.getClass(); isOfTheParser(type); type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
                    visit(value(field, node));
                }
            }
        }
    }

    private static boolean isOfTheParser(Class<?> type) {
        return type.getName().startsWith("net.sf.jsqlparser.");
    }

    private static Object value(Field field, Object node) {
        try {
            field.setAccessible(true);
            return field.get(node);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<FromItem> items(Table changed, FromItem from, List<Join> joins) {
        List<FromItem> items = new ArrayList<>();
        if (changed != null) {
            items.add(changed);
        }
        if (from != null) {
            items.add(from);
        }
        if (joins != null) {
            joins.forEach(join -> items.add(join.getFromItem()));
        }
        return items;
    }

    private void scope(List<FromItem> items, Expression where, List<Join> joins) {
        Map<String, String> unbound = new TreeMap<>();
        for (FromItem item : items) {
            if (item instanceof Table table && isOfTenants(table)) {
                touched++;
                Alias alias = table.getAlias();
                unbound.put(alias == null ? table.getName() : alias.getName(), table.getName());
            }
        }
        List<EqualsTo> equalities = new ArrayList<>();
        collect(where, equalities);
        if (joins != null) {
            joins.forEach(join -> join.getOnExpressions().forEach(on -> collect(on, equalities)));
        }
        boolean changed = true;
        while (changed) {
            Set<String> bound = new HashSet<>();
            for (EqualsTo equality : equalities) {
                binds(equality.getLeftExpression(), equality.getRightExpression(), unbound, bound);
                binds(equality.getRightExpression(), equality.getLeftExpression(), unbound, bound);
            }
            changed = unbound.keySet().removeAll(bound);
        }
        unbound.forEach((alias, table) -> findings.add(table + " " + alias));
    }

    private static void binds(Expression one, Expression other, Map<String, String> unbound, Set<String> bound) {
        String alias = tenantOf(one);
        if (alias != null && (tenantOf(other) == null || !unbound.containsKey(tenantOf(other)))) {
            bound.add(alias);
        }
    }

    /** Returns whose tenant_id an expression is, or null. */
    private static String tenantOf(Expression expression) {
        return expression instanceof Column column && column.getColumnName().equals(TENANT) && column.getTable() != null
                ? column.getTable().getName()
                : null;
    }

    private static void collect(Expression condition, List<EqualsTo> equalities) {
        if (condition instanceof AndExpression and) {
            collect(and.getLeftExpression(), equalities);
            collect(and.getRightExpression(), equalities);
        } else if (condition instanceof EqualsTo equality) {
            equalities.add(equality);
        } else if (condition instanceof ParenthesedExpressionList<?> list && list.size() == 1) {
            collect(list.get(0), equalities);
        }
    }

    private boolean isOfTenants(Table table) {
        return table != null && tables.contains(table.getName());
    }
}
