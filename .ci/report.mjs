/**
 * Reads the JSON report of a run of vitest for `.ci/run`.
 *
 *   node .ci/report.mjs count REPORT EXIT-CODE ERRORS    prints `PASSED FAILED`; ERRORS is what .ci/errors.mjs wrote
 *   node .ci/report.mjs stories REPORT LIST              prints `PASSED FAILED FILE` of each failed file that may run once more
 */
import { readFileSync } from 'node:fs'
import { relative } from 'node:path'

/** If more files failed, it was no accident. */
const MAX_STORIES = 5

/** What chooses its cases by chance never runs again: what it found once is a fault, and other cases would hide it. */
const BY_CHANCE = /fast-check|seededDice|\brandom\(/

const [command, report, ...rest] = process.argv.slice(2)
const files = JSON.parse(readFileSync(report, 'utf8')).testResults.map(({ name, status, assertionResults }) => {
  const count = (wanted) => assertionResults.filter((test) => test.status === wanted).length
  // A file that does not load counts as one failure.
  const failed = Math.max(count('failed'), status === 'failed' ? 1 : 0)
  return { file: relative('', name), passed: count('passed'), failed }
})
const sum = (key) => files.reduce((total, file) => total + file[key], 0)

if (command === 'count') {
  const [code, errors] = rest
  // An error outside all tests counts as one failure, and so does a run without tests.
  const isBroken = readFileSync(errors, 'utf8') !== '0' || sum('passed') === 0
  const failed = sum('failed') + (isBroken ? 1 : 0)
  console.log(sum('passed'), failed === 0 && code !== '0' ? 1 : failed)
} else {
  // A line of `vitest list` is the file, behind its project in brackets.
  const stories = readFileSync(rest[0], 'utf8')
    .split('\n')
    .map((line) => line.replace(/^\[\w+\] /, ''))
  const broken = files.filter(({ failed }) => failed > 0)
  if (broken.length <= MAX_STORIES) {
    for (const { file, passed, failed } of broken) {
      const mayRunAgain = stories.includes(file) && !BY_CHANCE.test(readFileSync(file, 'utf8'))
      if (mayRunAgain) console.log(passed, failed, file)
    }
  }
}
