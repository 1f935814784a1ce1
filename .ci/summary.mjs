// node .ci/summary.mjs <report of npm test> <report of the integration tests>
//
// Adds up two vitest JSON reports. Unit and type tests count from the first; integration tests from the second, where
// they ran on real servers, and where a skipped one is a failure of the build. The last line printed is
// `N passed, N failed, N skipped`. The exit code is 0 only if something passed, nothing failed, and no integration test
// was skipped.
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

/** @typedef {{ passed: number, failed: number, skipped: number, faults: string[] }} Count */

/** Whether a test file is one of those that need servers. */
const isIntegration = (/** @type {string} */ file) => file.replaceAll('\\', '/').includes('/test/integration/')

/**
 * Counts what a report says of some of its files.
 *
 * @param {string} title of the run, for the faults
 * @param {string | undefined} json undefined when the report was never written
 * @param {(file: string) => boolean} isCounted
 * @returns {Count}
 */
function countReport(title, json, isCounted) {
  const count = { passed: 0, failed: 0, skipped: 0, faults: /** @type {string[]} */ ([]) }
  const fail = (/** @type {string} */ fault) => {
    count.failed += 1
    count.faults.push(fault)
  }
  if (json === undefined) {
    fail(`${title}: no report; the run ended before it could write one`)
    return count
  }
  let report
  try {
    report = JSON.parse(json)
  } catch {
    fail(`${title}: the report is cut off`)
    return count
  }
  const files = (report.testResults ?? []).filter((/** @type {{ name: string }} */ file) => isCounted(file.name))
  for (const file of files) {
    for (const test of file.assertionResults) {
      if (test.status === 'passed') count.passed += 1
      else if (test.status === 'failed') fail(`${title}: ${test.fullName}`)
      else count.skipped += 1
    }
    // a file that could not be loaded has no tests to fail
    const hasFailedTest = file.assertionResults.some(
      (/** @type {{ status: string }} */ test) => test.status === 'failed',
    )
    if (file.status === 'failed' && !hasFailedTest)
      fail(`${title}: ${file.name}: ${file.message || 'it failed as a whole'}`)
  }
  // errors outside of any test, such as a rejection that nobody handles, show only here
  const isFailureElsewhere = (report.testResults ?? []).some(
    (/** @type {{ status: string }} */ file) => file.status === 'failed',
  )
  if (report.success !== true && count.failed === 0 && !isFailureElsewhere)
    fail(`${title}: failed outside of its tests`)
  return count
}

/**
 * The faults worth naming, the line, and whether the build is good.
 *
 * @param {string | undefined} testsJson
 * @param {string | undefined} integrationJson
 */
export function summarise(testsJson, integrationJson) {
  const tests = countReport('tests', testsJson, (file) => !isIntegration(file))
  const integration = countReport('integration', integrationJson, isIntegration)
  const passed = tests.passed + integration.passed
  const failed = tests.failed + integration.failed
  const skipped = tests.skipped + integration.skipped
  const faults = [...tests.faults, ...integration.faults]
  if (integration.skipped > 0) faults.push(`integration: ${integration.skipped} skipped; here they have to run`)
  // a report without a single test means that the run looked in the wrong place
  if (tests.passed + tests.failed === 0) faults.push('tests: no test ran')
  if (integration.passed + integration.failed === 0) faults.push('integration: no test ran')
  return { faults, line: `${passed} passed, ${failed} failed, ${skipped} skipped`, isGood: faults.length === 0 }
}

/** @param {string | undefined} file */
function readReport(file) {
  try {
    return readFileSync(file ?? '', 'utf8')
  } catch {
    return undefined
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { faults, line, isGood } = summarise(readReport(process.argv[2]), readReport(process.argv[3]))
  for (const fault of faults) console.log(`- ${fault.split('\n', 1)[0]}`)
  console.log(line)
  process.exitCode = isGood ? 0 : 1
}
