/** Prints "N passed, N failed" over the JSON reports of the test runs that are named; fails when a report is absent or empty. */
import { existsSync, readFileSync } from "node:fs";

let passed = 0;
let failed = 0;
for (const file of process.argv.slice(2)) {
  if (!existsSync(file)) {
    console.error(`count-tests: ${file} was not written; its run broke before it could count`);
    failed += 1;
    continue;
  }
  const report: { numPassedTests: number; numFailedTests: number; numFailedTestSuites: number } = JSON.parse(
    readFileSync(file, "utf8"),
  );
  passed += report.numPassedTests;
  // A file that cannot be loaded has no tests to count, but it is a failure.
  failed += Math.max(report.numFailedTests, report.numFailedTestSuites > 0 ? 1 : 0);
  if (report.numPassedTests === 0) {
    console.error(`count-tests: ${file} holds no passed test`);
    failed += 1;
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
