/** A process that keeps suspensions in the folder of its argument, and says each change on standard output. It runs until it is killed. */
import { readFileSync } from 'node:fs'
import { openSuspensions } from '../../service/suspensions/suspensions.ts'

const [folder = '', signers = ''] = process.argv.slice(2)
const kept = await openSuspensions({
  folder,
  signers: JSON.parse(readFileSync(signers, 'utf8')),
  log: { info: () => undefined, warn: () => undefined, error: () => undefined },
})
const say = (): void => void process.stdout.write(`${JSON.stringify(kept.list().map(({ value }) => value))}\n`)
kept.onChange(say)
say()
// It has nothing else that keeps it alive.
setInterval(() => undefined, 60_000)
