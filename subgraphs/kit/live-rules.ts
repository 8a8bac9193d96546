import type { GraphQLSchema } from 'graphql'
import type { Logger } from 'pino'
import { EXPIRED_TASK_FORCE, listExpired } from '../../contract/access/recognition.ts'
import type { LegClaims } from '../../contract/leg-token.ts'
import { type CountryFile, readCountryFile } from '../../service/country-file.ts'
import { watchFiles } from '../../service/watch-files.ts'
import { compareRules } from './compare-rules.ts'
import { readLineEnds, rejectCutOff } from './cut-off.ts'
import { createGuard, type Guard } from './guard.ts'
import { createLegRecognition, type LegRecognition } from './leg-recognition.ts'
import { type CountryRules, closedRules, domainRules, hashRules, listPolicyFaults, readCountryRules } from './rules.ts'
import type { DomainModule } from './types.ts'

/**
 * The rules by which a node decides, while it runs: it reads the country's file again when the file changes or on SIGHUP. A withdrawal takes effect
 * without a restart; a wrong file changes nothing.
 */
export interface LiveRules {
  readonly current: () => CountryRules
  /** Recognises the caller of a leg by the rules in force. */
  readonly recognition: (claims: LegClaims) => LegRecognition
  /** Returns the guard of a domain by the rules in force. */
  readonly guardOf: (domain: string) => Guard
  /**
   * Reads the file again, and decides by it if it is right. Never rejects: a wrong file is an error in the log. One reload runs at a time, and all
   * calls during it together cause one more after it. What became looser is told afterwards.
   */
  readonly reload: () => Promise<void>
  /** Ends the watch, and resolves when all that became looser is told. */
  readonly close: () => Promise<void>
}

/** What {@link openLiveRules} works with. */
export interface LiveRulesOptions {
  /** The path of the country's file. Undefined: the country recognises nobody. */
  readonly file: string | undefined
  readonly country: string
  /** The domains that the node serves, with their schemas. */
  readonly served: ReadonlyMap<DomainModule, GraphQLSchema>
  readonly isSuspended: (coordinate: string) => boolean
  /** Called with other rules before the node decides by them. If it rejects, the old ones stay. */
  readonly prepare: (rules: CountryRules) => Promise<void>
  readonly log: Logger
}

/** What the log says of a policy that can be read and does not mean what somebody wrote. */
const SUSPECT = 'a policy of the country names something that there is not: it may never allow or never forbid'
const SUSPECT_REMEDY =
  'Correct the policy, and try the rules with `istmo policy test` (docs/access.md, Write a policy).'

/** Everything that is made from one reading of the file. */
interface InForce {
  readonly form: string
  readonly rules: CountryRules
  readonly recognition: (claims: LegClaims) => LegRecognition
  readonly guards: ReadonlyMap<string, Guard>
}

/**
 * Reads the country's file and begins to watch it.
 * @throws {ConfigError} if the file cannot be used.
 * @throws {Error} if a rule cannot be read, or if an SDL demands less than the contract.
 */
export async function openLiveRules(options: LiveRulesOptions): Promise<LiveRules> {
  const { file, log } = options
  let inForce = makeInForce(await readRules(options), options)
  let ends = await readLineEnds(filesOf(file, inForce.rules))
  let settings = await readSettings(file)
  let telling: Promise<void> = Promise.resolve()
  const reloadOnce = async (): Promise<void> => {
    try {
      const next = makeInForce(await readRules(options), options)
      const nextEnds = await readLineEnds(filesOf(file, next.rules))
      rejectCutOff(ends, nextEnds)
      const [before, nextSettings] = [{ file: settings, read: inForce.rules }, await readSettings(file)]
      // Who is prepared decides by these rules from now on, so nothing may fail behind it.
      if (next.form !== inForce.form) await options.prepare(next.rules)
      ends = nextEnds
      settings = nextSettings
      if (next.form === inForce.form) return
      inForce = next
      watched.follow(next.rules)
      log.warn({ file }, 'the node decides by the country’s changed file from now on')
      // A comparison takes seconds: whoever corrects the file does not wait for it.
      telling = telling.then(() => tellLooser(before, { file: nextSettings, read: next.rules }, log))
    } catch (err) {
      const remedy = 'Correct the file. The node reads it again when it changes, or on SIGHUP.'
      log.error({ file, err, remedy }, 'THE COUNTRY’S FILE IS WRONG: THE NODE STILL DECIDES BY THE OLD RULES')
    }
  }
  let running: Promise<void> = Promise.resolve()
  let next: Promise<void> | null = null
  const reload = (): Promise<void> => {
    next ??= running.then(() => {
      next = null
      return reloadOnce()
    })
    running = next
    return next
  }
  const watched = watchNamed(file, reload, log)
  watched.follow(inForce.rules)
  return {
    current: () => inForce.rules,
    recognition: (claims) => inForce.recognition(claims),
    guardOf(domain) {
      const guard = inForce.guards.get(domain)
      if (guard === undefined) throw new Error(`expected a domain that the node serves; came ${domain}`)
      return guard
    },
    reload,
    async close() {
      watched.end()
      await running
      watched.end()
      await telling
    },
  }
}

/** The complete file, for the comparison with the next one; null without a file. */
function readSettings(file: string | undefined): Promise<CountryFile | null> {
  return file === undefined ? Promise.resolve(null) : readCountryFile(file)
}

interface Compared {
  readonly file: CountryFile | null
  readonly read: CountryRules
}

/** Says in words each rule that lets somebody have what they could not have before. The new rules are in force already. Never rejects. */
async function tellLooser(before: Compared, after: Compared, log: Logger): Promise<void> {
  if (before.file === null || after.file === null) return
  const compared = compareRules({ ...before, file: before.file }, { ...after, file: after.file })
  const looser = await compared.catch((err: unknown) => {
    log.error({ err, remedy: COMPARE_REMEDY }, 'the country’s rules were not compared with the old ones')
    return []
  })
  for (const { place, before: was, after: is } of looser) {
    const texts = { before: typeof was === 'string' ? was : was.en, after: typeof is === 'string' ? is : is.en }
    log.warn({ place, ...texts, remedy: LOOSER_REMEDY }, 'THE COUNTRY’S RULES BECAME LOOSER HERE')
  }
}

const COMPARE_REMEDY = 'Compare the files yourself: `istmo check --rules NEW --before OLD`.'
const LOOSER_REMEDY =
  'If nobody decided this, put back what was there. Try a file before it is in force: `istmo check --rules NEW --before OLD`.'

function readRules({ file, country }: LiveRulesOptions): Promise<CountryRules> {
  return file === undefined ? Promise.resolve(closedRules(country)) : readCountryRules(file, country)
}

function makeInForce(rules: CountryRules, { served, isSuspended, log }: LiveRulesOptions): InForce {
  const guards = [...served].map(
    ([module, schema]) => [module.domain, createGuard(schema, domainRules(module, rules), isSuspended)] as const,
  )
  for (const { id, notAfter } of listExpired(rules.access.taskForces, Date.now())) {
    // A caller of one only sees that it is not recognised.
    log.warn({ taskForce: id, notAfter }, EXPIRED_TASK_FORCE)
  }
  for (const { policy, fault } of listPolicyFaults(rules)) log.warn({ policy, fault, remedy: SUSPECT_REMEDY }, SUSPECT)
  const recognition = createLegRecognition(rules.access, Date.now)
  return { form: formOf(rules), rules, recognition, guards: new Map(guards) }
}

/** Lists the country's file and the files that it names. */
function filesOf(file: string | undefined, { namedFiles }: CountryRules): readonly string[] {
  return file === undefined ? [] : [...new Set([file, ...namedFiles])]
}

/** Tells rules apart. A file that only looks different changes nothing; other files that say the same must be watched. */
function formOf(rules: CountryRules): string {
  return JSON.stringify([hashRules(rules), rules.namedFiles])
}

/** Watches the country's file and the files that it names. `follow` watches those of other rules. */
function watchNamed(file: string | undefined, reload: () => Promise<void>, log: Logger) {
  let ends: readonly (() => void)[] = []
  const end = (): void => {
    for (const each of ends) each()
  }
  return {
    end,
    follow(rules: CountryRules): void {
      end()
      ends = filesOf(file, rules).map((each) => watchFiles({ file: each, folder: null }, () => void reload(), log))
    },
  }
}
