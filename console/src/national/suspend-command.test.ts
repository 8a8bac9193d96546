import { describe, expect, it } from 'vitest'
import { WHAT_OPTIONS } from '../../../cli/suspend.ts'
import { SUSPENDED_KINDS } from '../../../contract/trust/suspended-kinds.ts'
import { makeSuspendCommand, SUSPEND_FLAGS, type SuspendForm } from './suspend-command.ts'

const FORM: SuspendForm = {
  ...{ action: 'suspend', kind: 'agency', value: 'GT-MP-FECO', reason: 'Oficio 41' },
  ...{ keyFile: 'hn.jwk.json', folders: '/var/lib/istmo/suspensions\n\n/srv/otro nodo\n' },
}

describe('the command that suspends', () => {
  it('names what, why, the key and each folder', () => {
    expect(makeSuspendCommand(FORM)).toEqual({
      wrong: null,
      command:
        "istmo suspend --agency GT-MP-FECO --reason 'Oficio 41' --key-file hn.jwk.json --folder /var/lib/istmo/suspensions --folder '/srv/otro nodo'",
    })
    expect(
      makeSuspendCommand({ ...FORM, action: 'resume', kind: 'coordinate', value: 'Person.names' }).command,
    ).toMatch(/^istmo resume --field Person\.names /)
  })

  it('has the flags of the command itself', () => {
    for (const kind of SUSPENDED_KINDS) {
      const option: { readonly flag?: string } = WHAT_OPTIONS[kind]
      expect(option.flag ?? kind).toBe(SUSPEND_FLAGS[kind])
    }
  })

  it.each<[Partial<SuspendForm>, readonly string[]]>([
    [{ kind: 'country', value: 'XX' }, ['value']],
    [{ kind: 'coordinate', value: 'names' }, ['value']],
    [{ kind: 'key', value: 'short' }, ['value']],
    [{ value: '' }, ['value']],
    [{ value: '--yes' }, ['value']],
    [{ reason: '' }, ['reason']],
    [{ reason: 'x'.repeat(501) }, ['reason']],
    [{ reason: 'a\nb' }, ['reason']],
    [{ keyFile: '--yes' }, ['keyFile']],
    [{ folders: ' \n' }, ['folders']],
    [{ value: '', reason: '', keyFile: '', folders: '' }, ['value', 'reason', 'keyFile', 'folders']],
  ])('is not made with %j', (change, wrong) => {
    expect(makeSuspendCommand({ ...FORM, ...change })).toEqual({ command: null, wrong })
  })
})
