/** One way in which setting up a server is known to go wrong. Its tests are found by their titles: `case 12: …`. */
export interface FailureCase {
  /** Its name in issues and tests. From 101 on: cases of our own, beyond the collected ones. */
  number: number;
  /** What a person would see, in our words. */
  symptom: string;
  /** What this program does instead: before, during or after. */
  behaviour: string;
  /** What of it cannot be brought about on a test's server, and why; the tests then stand on recorded output. */
  notHere?: string;
}

export interface FailureGroup {
  title: string;
  cases: readonly FailureCase[];
}
