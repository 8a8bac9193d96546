/**
 * Reads reports of a run of vitest for `.ci/run`.
 *
 *   node .ci/report.mjs count REPORT EXIT-CODE ERRORS    prints `PASSED FAILED`; ERRORS is what .ci/errors.mjs wrote
 *   node .ci/report.mjs stories REPORT LIST              prints `PASSED FAILED FILE` of each failed file that may run once more
 *   node .ci/report.mjs failures ERRORS STEP NAMES       prints what failed with the beginning of each error, and adds a line for each to the file NAMES
 */
import { appendFileSync, readFileSync } from 'node:fs'
import { relative } from 'node:path'

/** If more files failed, it was no accident. */
const MAX_STORIES = 5

/** How much of the errors of a run is printed again at the end: the first of them, and the first lines of each. */
const MAX_ERRORS = 20
const MAX_LINES = 15
const MAX_COLUMNS = 240

/** What chooses its cases by chance never runs again: what it found once is a fault, and other cases would hide it. */
const BY_CHANCE = /fast-check|seededDice|\brandom\(/

const [command, report, ...rest] = process.argv.slice(2)
const read = () => JSON.parse(readFileSync(report, 'utf8'))

/** The files of a report of vitest, and how many tests of each passed and failed. */
function readFiles() {
  return read().testResults.map(({ name, status, assertionResults }) => {
    const count = (wanted) => assertionResults.filter((test) => test.status === wanted).length
    // A file that does not load counts as one failure.
    const failed = Math.max(count('failed'), status === 'failed' ? 1 : 0)
    return { file: relative('', name), passed: count('passed'), failed }
  })
}

function printCount([code, errors]) {
  const files = readFiles()
  const sum = (key) => files.reduce((total, file) => total + file[key], 0)
  // An error outside all tests counts as one failure, and so does a run without tests.
  const isBroken = JSON.parse(readFileSync(errors, 'utf8')).outside > 0 || sum('passed') === 0
  const failed = sum('failed') + (isBroken ? 1 : 0)
  console.log(sum('passed'), failed === 0 && code !== '0' ? 1 : failed)
}

function printStories([list]) {
  // A line of `vitest list` is the file, behind its project in brackets.
  const stories = readFileSync(list, 'utf8')
    .split('\n')
    .map((line) => line.replace(/^\[\w+\] /, ''))
  const broken = readFiles().filter(({ failed }) => failed > 0)
  if (broken.length > MAX_STORIES) return
  for (const { file, passed, failed } of broken) {
    const mayRunAgain = stories.includes(file) && !BY_CHANCE.test(readFileSync(file, 'utf8'))
    if (mayRunAgain) console.log(passed, failed, file)
  }
}

function printFailures([step, names]) {
  const { failures } = read()
  for (const [at, { file, name, error }] of failures.entries()) {
    const title = `in «${step}»: ${file}${name === '' ? '' : ` > ${name}`}`
    appendFileSync(names, `${title.replaceAll('\n', ' ')}\n`)
    if (at >= MAX_ERRORS) continue
    console.log(`\n-- failed ${title}`)
    for (const line of error.split('\n').slice(0, MAX_LINES))
      console.log(`   ${line.replace(/\p{Cc}/gu, ' ').slice(0, MAX_COLUMNS)}`)
  }
  if (failures.length > MAX_ERRORS) console.log(`\n-- and ${failures.length - MAX_ERRORS} more in «${step}»`)
}

const COMMANDS = { count: printCount, stories: printStories, failures: printFailures }
COMMANDS[command](rest)
