/** Options that several benches have. Each of them reads its own command line with them (service/command-line.ts). */
import type { OptionSpec } from '../../service/command-spec.ts'

/**
 * Declares an option that chooses some of several names; without it, all are chosen. Its value has commas between them.
 * @param of what the names are called in the help: `operations`, say.
 */
export function choiceOption<Flag extends string>(flag: Flag, of: string, names: readonly string[]) {
  return {
    ...{ flag, value: of, default: names.join(',') },
    ...{ meaning: `the ${of}, with commas between them`, expected: `some of ${names.join(', ')}` },
    parse(text: string): readonly string[] | undefined {
      const chosen = text.split(',')
      return chosen.every((name) => names.includes(name)) ? chosen : undefined
    },
  } as const satisfies OptionSpec
}

/** Declares an option that is the cores of some processes, as `taskset -c` takes them. `whose`: the processes, with their article. */
export function coresOption<Flag extends string>(flag: Flag, whose: string, standard: string) {
  return { flag, value: 'cores', meaning: `the cores of ${whose}`, default: standard } as const satisfies OptionSpec
}

const COUNT = {
  ...{ value: 'n', expected: 'a whole number from 1 to 9999' },
  parse: (text: string): number | undefined => (/^[1-9]\d{0,3}$/.test(text) ? Number(text) : undefined),
} as const

/** How long a window is. */
export const SECONDS = {
  ...COUNT,
  ...{ flag: 'seconds', default: '10', meaning: 'how long each window is, in seconds' },
} as const satisfies OptionSpec

/** How often is measured. */
export const ROUNDS = {
  ...COUNT,
  ...{ flag: 'rounds', default: '3', meaning: 'how often each window is measured, in turn' },
} as const satisfies OptionSpec

/** Where the page goes. */
export const OUT = {
  ...{ flag: 'out', value: 'file', meaning: 'where the page goes, if not only to the output' },
} as const satisfies OptionSpec

/** The cores of `npm run bench` and of the benches over its gateways. */
export const CORES = {
  gatewayCores: coresOption('gateway-cores', 'the gateways', '0'),
  otherCores: coresOption('other-cores', 'all other processes', '1'),
} as const
