import type { IstmoCommand } from '../program.ts'

/** The commands to make keys for an audit log, and to witness one. */
export const KEYS_AND_WITNESS_COMMANDS: readonly IstmoCommand[] = [
  {
    name: 'keys',
    description: 'make the keys of an audit log, or begin a new epoch of its refs',
    run: async (args) => (await import('../keys.ts')).runKeys(args, Date.now()),
  },
  {
    name: 'witness',
    description: 'run a witness of audit logs (C2SP tlog-witness)',
    run: async (args) => (await import('../witness.ts')).runWitness(args),
  },
]

/** The commands for everybody who writes, witnesses or checks an audit log. */
export const AUDIT_LOG_COMMANDS: readonly IstmoCommand[] = [
  ...KEYS_AND_WITNESS_COMMANDS,
  {
    name: 'audit',
    description: 'show what audit logs prove: verify, prove, check, search and more',
    run: async (args) => (await import('../../auditors/run.ts')).runAudit(args),
  },
]
