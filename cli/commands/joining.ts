import type { IstmoCommand } from '../program.ts'

/** The commands that bring a country in and keep its node. */
export const JOINING_COMMANDS: readonly IstmoCommand[] = [
  {
    name: 'doctor',
    description: 'look at everything that a node needs, and say what is wrong',
    async run(args) {
      const { runDoctor } = await import('../../joining/running/doctor-command.ts')
      process.exitCode = await runDoctor(args, await thisProcess())
    },
  },
  {
    name: 'backup',
    description: 'copy a node into a folder, also while it runs',
    async run(args) {
      const { runBackup } = await import('../../joining/running/backup-command.ts')
      process.exitCode = await runBackup(args, await thisProcess())
    },
  },
  {
    name: 'restore',
    description: 'make a node of a backup, or prove that a backup is whole',
    async run(args) {
      const { runRestore } = await import('../../joining/running/backup-command.ts')
      process.exitCode = await runRestore(args, await thisProcess())
    },
  },
  {
    name: 'upgrade',
    description: 'say what an update of a node to this version will do',
    async run(args) {
      const { runUpgrade } = await import('../../joining/running/upgrade-command.ts')
      process.exitCode = await runUpgrade(args, await thisProcess())
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
        process.exitCode = await runRotateKeys(args.slice(1), await thisProcess())
        return undefined
      },
    }
  })
}

async function thisProcess() {
  return (await import('../../joining/running/running-process.ts')).thisProcess()
}
