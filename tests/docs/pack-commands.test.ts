import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { ASK_COMMANDS } from '../../cli/commands/ask.ts'
import { AUDIT_LOG_COMMANDS } from '../../cli/commands/audit-log.ts'
import { AUDIT_LOG_COMMANDS_WITH_PLANNER } from '../../cli/commands/audit-log-with-planner.ts'
import { AUTHORITY_COMMANDS } from '../../cli/commands/authority.ts'
import { CERTIFICATE_COMMANDS } from '../../cli/commands/certificates.ts'
import { GATEWAY_COMMANDS } from '../../cli/commands/gateway.ts'
import { JOINING_COMMANDS } from '../../cli/commands/joining.ts'
import { MANDATE_COMMANDS } from '../../cli/commands/mandates.ts'
import { NODE_COMMANDS } from '../../cli/commands/node.ts'
import { OVERSIGHT_COMMANDS } from '../../cli/commands/oversight.ts'
import { PROBE_COMMANDS } from '../../cli/commands/probe.ts'
import { SUSPEND_COMMANDS } from '../../cli/commands/suspend.ts'
import type { IstmoCommand } from '../../cli/program.ts'

/** What docs/operating.md says each pack has. The lists of commands are those of cli/packs. */

const ROOT = new URL('../../', import.meta.url)

const LISTS: Readonly<Record<string, readonly IstmoCommand[]>> = {
  ASK_COMMANDS,
  AUDIT_LOG_COMMANDS,
  AUDIT_LOG_COMMANDS_WITH_PLANNER,
  AUTHORITY_COMMANDS,
  CERTIFICATE_COMMANDS,
  GATEWAY_COMMANDS,
  JOINING_COMMANDS,
  MANDATE_COMMANDS,
  NODE_COMMANDS,
  OVERSIGHT_COMMANDS,
  PROBE_COMMANDS,
  SUSPEND_COMMANDS,
}

it.each(['gateway', 'node', 'authority', 'audit'])('docs/operating.md lists the commands of istmo-%s', async (pack) => {
  const program = await readFile(new URL(`cli/packs/${pack}.ts`, ROOT), 'utf8')
  const used = [...program.matchAll(/\.\.\.([A-Z_]+)/g)].flatMap(([, name = '']) => {
    const list = LISTS[name]
    if (list === undefined) throw new Error(`expected ${name} in the lists of this test`)
    return list
  })
  const page = await readFile(new URL('docs/operating.md', ROOT), 'utf8')
  const [row = ''] = page.match(new RegExp(`^\\| \`istmo-${pack}\` \\|.*$`, 'm')) ?? []
  const listed = [...row.matchAll(/`([a-z]+)`/g)].map(([, name = '']) => name)
  expect(listed.toSorted()).toEqual(used.map(({ name }) => name).toSorted())
})
