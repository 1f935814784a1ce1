import assert from 'node:assert/strict'
import { test } from 'node:test'
import { summarise } from './summary.mjs'

const unitFile = '/clone/packages/millrace/src/a.test.ts'
const integrationFile = '/clone/packages/millrace/test/integration/b.test.ts'

/** A report of vitest, as far as it is read: tests of files by their status. */
function report(files, success) {
  const testResults = Object.entries(files).map(([name, statuses]) => ({
    name,
    message: '',
    status: statuses.includes('failed') || statuses.length === 0 ? 'failed' : 'passed',
    assertionResults: statuses.map((status, index) => ({ status, fullName: `test ${index}` })),
  }))
  return JSON.stringify({
    success: success ?? testResults.every((file) => file.status === 'passed'),
    testResults,
  })
}

const goodTests = report({ [unitFile]: ['passed', 'passed'], [integrationFile]: ['skipped', 'skipped', 'skipped'] })
const goodIntegration = report({ [integrationFile]: ['passed', 'passed', 'passed'] })

test('counts integration tests once, from the run on real servers', () => {
  const { line, isGood, faults } = summarise(goodTests, goodIntegration)
  assert.equal(line, '5 passed, 0 failed, 0 skipped')
  assert.deepEqual(faults, [])
  assert.equal(isGood, true)
})

test('lets a unit test be skipped, pending or left to do', () => {
  const tests = report({ [unitFile]: ['passed', 'skipped', 'pending', 'todo'] })
  const { line, isGood } = summarise(tests, goodIntegration)
  assert.equal(line, '4 passed, 0 failed, 3 skipped')
  assert.equal(isGood, true)
})

test('fails on a failed test of either run and names it', () => {
  const failedTests = summarise(report({ [unitFile]: ['passed', 'failed'] }), goodIntegration)
  assert.equal(failedTests.line, '4 passed, 1 failed, 0 skipped')
  assert.deepEqual(failedTests.faults, ['tests: test 1'])
  const failedIntegration = summarise(goodTests, report({ [integrationFile]: ['failed', 'passed'] }))
  assert.equal(failedIntegration.line, '3 passed, 1 failed, 0 skipped')
  assert.equal(failedIntegration.isGood, false)
})

test('fails on a skipped integration test', () => {
  const { line, isGood } = summarise(goodTests, report({ [integrationFile]: ['passed', 'skipped'] }))
  assert.equal(line, '3 passed, 0 failed, 1 skipped')
  assert.equal(isGood, false)
})

test('counts a missing report, and one that is cut off, as a failure', () => {
  assert.equal(summarise(undefined, goodIntegration).line, '3 passed, 1 failed, 0 skipped')
  assert.equal(summarise(goodTests, undefined).line, '2 passed, 1 failed, 0 skipped')
  assert.equal(summarise(undefined, undefined).line, '0 passed, 2 failed, 0 skipped')
  assert.equal(summarise(goodTests.slice(0, 40), goodIntegration).line, '3 passed, 1 failed, 0 skipped')
})

test('counts a file that cannot be loaded as a failure', () => {
  const { line, faults } = summarise(report({ [unitFile]: ['passed'], '/clone/broken.test.ts': [] }), goodIntegration)
  assert.equal(line, '4 passed, 1 failed, 0 skipped')
  assert.match(faults[0], /broken\.test\.ts/)
})

test('counts a run that failed outside of its tests as a failure', () => {
  assert.equal(
    summarise(report({ [unitFile]: ['passed'] }, false), goodIntegration).line,
    '4 passed, 1 failed, 0 skipped',
  )
})

test('fails when nothing ran', () => {
  assert.equal(summarise(report({}), goodIntegration).isGood, false)
  assert.equal(summarise(goodTests, report({})).isGood, false)
  assert.equal(summarise(report({}), report({})).line, '0 passed, 0 failed, 0 skipped')
  assert.equal(summarise(report({}), report({})).isGood, false)
})
