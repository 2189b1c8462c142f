package io.nexus.eventstream.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The contract's tests see a store that breaks one promise and keeps the others. */
class BrokenStoresTest {

    @Test
    void aStoreThatSkipsExpectedVersionsFails() {
        assertThat(ContractRun.of(BrokenStores.ExpectationsSkipped.class).failed())
                .contains(
                        "noStreamIsMetByAStreamWithoutEventsOnly",
                        "exactlyZeroMeansNoStream",
                        "streamExistsIsMetByAStreamWithEventsOnly",
                        "exactlyIsMetByThatVersionOnly",
                        "aThousandConflictsLeaveNoGap",
                        "aConflictInOneStreamKeepsAllStreamsUnwritten",
                        "anExpectationOfAnotherStreamThatIsNotMetRefusesTheAppend",
                        "ofSixteenWritersWithTheSameExpectationOneWins",
                        "randomAppendsEndAsTheModelSays")
                .doesNotContain("everythingThatAnEventCarriesIsReadBack", "pagesOfTheLogNeverPartAnAppend");
    }

    @Test
    void aStoreWithAGapInItsPositionsFails() {
        assertThat(ContractRun.of(BrokenStores.GapAfterTheThirdEvent.class).failed())
                .contains(
                        "versionsCountPerStreamAndPositionsPerTenantWithoutGaps",
                        "positionsFollowTheOrderOfTheCaller",
                        "theLogComesInTheOrderOfThePositionsAndBackward",
                        "sixteenWritersToOneStreamLoseNothing",
                        "randomAppendsEndAsTheModelSays")
                .doesNotContain("everythingThatAnEventCarriesIsReadBack", "businessTimesFromYearOneToYear9999AreKept");
    }

    @Test
    void aStoreThatCutsAppendsInPagesFails() {
        assertThat(ContractRun.of(BrokenStores.AppendsCut.class).failed())
                .contains(
                        "pagesOfTheLogNeverPartAnAppend",
                        "pagesOfTheLogByTypeOrCategoryNeverPartAnAppend",
                        "anAppendLargerThanAPageComesWhole",
                        "anAppendLargerThanTheLargestPageComesWhole",
                        "aReaderOfALogWithCrossingWritersSeesExactlyThatLog")
                .doesNotContain(
                        "theLogComesInTheOrderOfThePositionsAndBackward",
                        "pagesOfAnySizeGiveTheSameEvents",
                        "randomQueriesGiveWhatTheModelGives");
    }

    @Test
    void aStoreThatChecksExpectationsBeforeItsLockFails() {
        failsEachOf(
                BrokenStores.CheckedBeforeTheLock.class,
                "ofSixteenWritersWithTheSameExpectationOneWins",
                "ofSixteenWritersThatWantToBeginAStreamOneWins");
    }

    @Test
    void aStoreThatWritesEventsOneByOneFails() {
        failsEachOf(
                BrokenStores.WrittenOneByOne.class,
                "aConflictInOneStreamKeepsAllStreamsUnwritten",
                "allStreamsOfAnAppendShareOneMomentOfRecording",
                "idsOfWhichOnlySomeAreRecordedAreRefused",
                "aRecordedMomentNeverPartsAnAppend");
    }

    @Test
    void aStoreThatSortsAnAppendByStreamFails() {
        failsEachOf(
                BrokenStores.SortedByStream.class, "positionsFollowTheOrderOfTheCaller", "aStreamMayStandSeveralTimes");
    }

    @Test
    void aStoreThatComparesOnlyIdsFails() {
        failsEachOf(
                BrokenStores.ContentNotCompared.class,
                "anotherPayloadUnderAKnownIdIsRefused",
                "anotherTypeUnderAKnownIdIsRefused",
                "anotherBusinessTimeUnderAKnownIdIsRefused",
                "anotherStreamUnderAKnownIdIsRefused",
                "idsOfDifferentAppendsAreRefused");
    }

    @Test
    void aStoreThatKeepsMillisecondsFails() {
        failsEachOf(
                BrokenStores.MillisecondsOnly.class,
                "businessTimesFromYearOneToYear9999AreKept",
                "nanosecondsAreCutToMicrosecondsNotRounded");
    }

    @Test
    void aStoreWhoseHashesAreNotChainedFails() {
        failsEachOf(
                BrokenStores.LinksNotChained.class,
                "everyEventIsTiedToAllBeforeIt",
                "aLongAppendIsChainedEventByEvent");
    }

    @Test
    void aStoreThatMixesTenantsFails() {
        failsEachOf(
                BrokenStores.TenantsMixed.class,
                "tenantsShareNothing",
                "aTenantThatDoesNotExistReadsAsOneWithoutEvents");
    }

    @Test
    void aStoreThatIgnoresRecordedMomentsFails() {
        failsEachOf(
                BrokenStores.MomentsIgnored.class,
                "thePositionOfAMomentIsExactAtEveryBoundary",
                "backDatedEventsChangeWhatOccurredButNotWhatWasKnown",
                "theFutureIsRefused",
                "anAnswerIsFinalWhateverIsAppendedAfterwards");
    }

    @Test
    void aStoreThatBelievesAnyClockFails() {
        failsEachOf(
                BrokenStores.ClockBelieved.class,
                "aClockFarBehindTheNewestEventIsRefused",
                "aStepBackBeyondTheToleranceIsRefusedAndASmallerOneIsNot",
                "aStoresClockThatJumpsAheadIsNoticed");
    }

    private static void failsEachOf(Class<? extends InMemoryContractTest> contract, String... tests) {
        assertThat(ContractRun.of(contract, tests).failed()).containsExactlyInAnyOrder(tests);
    }
}
