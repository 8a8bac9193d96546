import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { end, startProgram } from './processes.ts'

const PRINTS = `
process.stdout.write('ready at 7\\n')
setTimeout(() => process.stdout.write('x'.repeat(1_000_000)), 100)
`

describe('a program that was started', () => {
  it('does not wait for anybody to read what it prints later', async () => {
    const { child, said } = await startProgram('0', ['-e', PRINTS], /ready at (\d)/)
    expect(said).toBe('7')
    expect(child.stdout?.readableFlowing).toBe(true)
    await once(child, 'exit')
    expect(child.exitCode).toBe(0)
  })

  it('is reported with its output if it ends before it is ready', async () => {
    await expect(startProgram('0', ['-e', 'console.log("no port")'], /ready at (\d)/)).rejects.toThrow('no port')
  })

  it('ends', async () => {
    const running = await startProgram('0', ['-e', `${PRINTS}setInterval(() => {}, 1_000)`], /ready at (\d)/)
    await end(running)
    expect(running.child.signalCode).toBe('SIGTERM')
  })
})
