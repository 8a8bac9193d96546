/**
 * A reporter of vitest for `.ci/run`: writes to the file that ISTMO_CI_ERRORS names how many errors came outside all tests, and what failed, as JSON:
 * `{ outside, failures: [{ file, name, error }] }`. `.ci/report.mjs` reads it.
 */
import { writeFileSync } from 'node:fs'
import { relative } from 'node:path'

/** An error as text: what it says, where it came, and what differs. */
function textOf({ name, message = '', diff, stacks, stack }) {
  const [place] = stacks ?? []
  const at = place
    ? `at ${relative('', place.file)}:${place.line}:${place.column}`
    : (stack ?? '').split(/^(?= +at )/m)[1]
  return [`${name ?? 'Error'}: ${message}`, at, diff].filter(Boolean).join('\n')
}

// biome-ignore lint/style/noDefaultExport: vitest takes no other.
export default class {
  onTestRunEnd(modules, errors) {
    const failures = []
    const add = (module, name, found) => {
      const file = module === null ? 'outside all tests' : relative('', module.moduleId)
      for (const error of found ?? []) failures.push({ file, name, error: textOf(error) })
    }
    for (const module of modules) {
      add(module, '', module.errors())
      for (const suite of module.children.allSuites()) add(module, suite.fullName, suite.errors())
      for (const test of module.children.allTests('failed')) add(module, test.fullName, test.result().errors)
    }
    add(null, '', errors)
    writeFileSync(process.env.ISTMO_CI_ERRORS, JSON.stringify({ outside: errors.length, failures }))
  }
}
