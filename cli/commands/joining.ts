import { UsageError } from '../../service/usage-error.ts'
import type { IstmoCommand } from '../program.ts'
import { PROBE_COMMANDS } from './probe.ts'

/** What `istmo check` runs where: each is a command of its own too, with the same options, report and exit codes. */
const JUDGES: Readonly<Record<string, string>> = {
  '--inside': 'doctor',
  '--outside': 'conformance',
  '--from-gateway': 'probe',
}

/**
 * Runs the judge of a country that one of {@link JUDGES} in the arguments selects; without one, its rows and rules are checked.
 * @throws {UsageError} if there are several.
 */
async function runCheck(args: readonly string[]): Promise<unknown> {
  const flags = args.filter((each) => Object.hasOwn(JUDGES, each))
  if (flags.length > 1) {
    throw new UsageError(
      `expected one of ${Object.keys(JUDGES).join(', ')}; came ${flags.join(' and ')}. Run one after the other`,
    )
  }
  const judge = JOINING_COMMANDS.find(({ name }) => name === JUDGES[flags[0] ?? ''])
  if (judge !== undefined) return judge.run(args.filter((each) => !flags.includes(each)))
  return (await import('../../joining/check/check-command.ts')).runCheckCommand(args)
}

/** The commands that bring a country in and keep its node. Each returns its exit code. */
export const JOINING_COMMANDS: readonly IstmoCommand[] = [
  {
    name: 'join',
    description: 'make the folder of a country that joins: keys, certificate, settings, rules, units, bundle',
    run: async (args) => (await import('../../joining/join/join-command.ts')).runJoin(args),
  },
  ...PROBE_COMMANDS,
  {
    name: 'map',
    description: 'propose a mapping for sync from the tables of an old database or a CSV file',
    run: async (args) => (await import('../../joining/propose/map-command.ts')).runMap(args),
  },
  {
    name: 'iccs',
    description: 'classify national labels of offences by the ICCS',
    run: async (args) => (await import('../../joining/iccs/iccs-command.ts')).runIccs(args),
  },
  {
    name: 'sync',
    description: 'fill a node’s tables from an old database or CSV files',
    run: async (args) => (await import('../../joining/sync/sync-command.ts')).runSyncCommand(args),
  },
  {
    name: 'check',
    description: 'check a country: rows, rules, SDLs, tables, certificates, clocks and timings',
    run: runCheck,
  },
  {
    name: 'conformance',
    description: 'check from outside whether a node or a service answers as the contract says',
    run: async (args) => (await import('../../joining/conformance/conformance-command.ts')).runConformance(args),
  },
  {
    name: 'link',
    description: 'link your persons with those of other countries',
    run: async (args) => (await import('../../joining/links/link-command.ts')).runLink(args),
  },
  {
    name: 'doctor',
    description: 'look at everything that a node needs, and say what is wrong',
    async run(args) {
      const { runDoctor } = await import('../../joining/running/doctor-command.ts')
      return runDoctor(args, await thisProcess())
    },
  },
  {
    name: 'backup',
    description: 'copy a node into a folder, also while it runs',
    async run(args) {
      const { runBackup } = await import('../../joining/running/backup-command.ts')
      return runBackup(args, await thisProcess())
    },
  },
  {
    name: 'restore',
    description: 'make a node of a backup, or prove that a backup is whole',
    async run(args) {
      const { runRestore } = await import('../../joining/running/backup-command.ts')
      return runRestore(args, await thisProcess())
    },
  },
  {
    name: 'upgrade',
    description: 'say what an update of a node to this version will do',
    async run(args) {
      const { runUpgrade } = await import('../../joining/running/upgrade-command.ts')
      return runUpgrade(args, await thisProcess())
    },
  },
]

/** Adds `istmo keys rotate` to the command that makes keys. Only an installation with a node has keys of a node. */
export function addKeyRotation(commands: readonly IstmoCommand[]): readonly IstmoCommand[] {
  return commands.map((command) => {
    if (command.name !== 'keys') return command
    return {
      ...command,
      description: `${command.description}; «keys rotate» replaces keys of a node`,
      async run(args) {
        if (args[0] !== 'rotate') return command.run(args)
        const { runRotateKeys } = await import('../../joining/running/rotate-command.ts')
        return runRotateKeys(args.slice(1), await thisProcess())
      },
    }
  })
}

async function thisProcess() {
  return (await import('../../joining/environment.ts')).thisProcess()
}
