/** Task 13 of docs/console.md: a national team suspends and resumes with the command that its page shows, and an analyst of another country sees both. */
import { execFile } from 'node:child_process'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { cliWords } from '../../../cli/words.ts'
import { entryLabels } from '../../../contract/audit-log/words.ts'
import { PROJECT_DIR } from '../../../demo/config.ts'
import { homeIn } from '../../../demo/home.ts'
import type { Ended } from '../../audit-cli/istmo.ts'
import { handOf } from '../console-hand.ts'
import { readRowIds, searchFor } from '../console-rows.ts'
import {
  askGateway,
  DESK,
  expectUsable,
  fill,
  type Story,
  settingsOf,
  TELEPHONE,
  useConsoles,
  waitForStanding,
} from '../console-story.ts'

const consoles = useConsoles()
const home = homeIn(inject('world').home)

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-suspension-'))
  // The command of a checkout, as `npm install` puts it on the path.
  const program = join(folder, 'istmo')
  await writeFile(program, `#!/bin/sh\nexec '${process.execPath}' '${join(PROJECT_DIR, 'demo/istmo.js')}' "$@"\n`)
  await chmod(program, 0o755)
})
afterAll(() => rm(folder, { recursive: true }))

/** Runs a command line as a person pastes it into a shell. */
function runInShell(command: string, language: string): Promise<Ended> {
  const env = { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH}`, LANG: `${language}.UTF-8` }
  return new Promise((resolve) => {
    execFile('/bin/sh', ['-c', command], { cwd: folder, env }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    )
  })
}

describe.each(settingsOf(DESK, TELEPHONE))('a suspension in $name', (setting) => {
  const tookEffect = { code: 0, stderr: `${cliWords(setting.language)('suspend.onlyHere')}\n` }
  const REASON = 'Oficio 41/2026, «simulacro»'

  it('is seen by an analyst of another country as soon as the command of the page has run, and its end too', async () => {
    const analyst = await consoles.open(setting, 'analyst', 'GT')
    await searchFor(analyst, 'Erick Ramirez Guzman')
    const before = await idsOfHonduras(analyst)
    expect(before).not.toEqual([])

    const team = await consoles.open(setting, 'prosecutor', 'HN')
    const suspended = await runInShell(await prepare(team, 'suspend'), setting.language)
    try {
      expect(suspended).toMatchObject(tookEffect)
      // What was found stays on the page, until the analyst asks.
      expect(await idsOfHonduras(analyst)).toEqual(before)
      await untilGatewaySays('SUSPENDED')
      await searchFor(analyst, 'Erick Ramirez')
      await waitForStanding(analyst, 'HN', 'unavailable')
      expect(await idsOfHonduras(analyst)).toEqual([])
      await handOf(analyst).press(analyst.page.getByRole('button', { name: analyst.words('line.details') }))
      await analyst.page.locator('#line-details').getByText('SUSPENDED', { exact: true }).waitFor()
      await expectUsable(analyst)
    } finally {
      const resumed = await runInShell(await prepare(team, 'resume'), setting.language)
      expect(resumed).toMatchObject(tookEffect)
    }
    await untilGatewaySays(null)
    await searchFor(analyst, 'Ramirez Guzman Erick')
    await waitForStanding(analyst, 'HN', 'answered', 'partly')
    expect(await idsOfHonduras(analyst)).toEqual(before)
    expect([...analyst.complaints, ...team.complaints]).toEqual([])
  })

  /** Fills the form, takes the second look, and returns the command. */
  async function prepare(story: Story, action: 'suspend' | 'resume'): Promise<string> {
    const { page } = story
    const hand = handOf(story)
    const say = (key: string): string => story.words(`team.suspend.${key}`)
    await page.evaluate("location.hash = '/notes'")
    const rail = page.getByRole('navigation')
    const link = rail.getByRole('link', { name: story.words('national.suspend'), exact: true })
    // On a telephone, this page is behind «More».
    if (!(await link.isVisible())) await hand.press(rail.getByRole('button', { name: story.words('bar.more') }))
    await hand.press(link)
    await hand.check(page.getByRole('radio', { name: say(`actions.${action}`) }))
    await hand.choose(page.getByLabel(say('kind'), { exact: true }), say('kinds.domain'))
    await hand.type(page.getByLabel(say('value'), { exact: true }), 'persons')
    await hand.type(page.getByLabel(say('reason')), REASON)
    await hand.type(page.getByLabel(say('keyFile')), home.suspenderKey('HN'))
    await hand.type(page.getByLabel(say('folders')), home.suspensions('HN'))
    await hand.press(page.getByRole('button', { name: say('next') }))
    const what = `${entryLabels(setting.language).kinds.domain} persons`
    await page.getByText(fill(say(action === 'suspend' ? 'willSuspend' : 'willResume'), { what })).waitFor()
    expect(await page.locator('.command').count()).toBe(0)
    await hand.type(page.getByLabel(fill(say('typeAgain'), { value: 'persons' })), 'persons')
    await page.locator('.command code').waitFor()
    await expectUsable(story)
    return (await page.locator('.command code').textContent()) ?? ''
  }
})

interface Outcomes {
  readonly persons: { readonly outcomes: readonly { readonly country: string; readonly code: string | null }[] }
}

/** Asks the gateway, which follows the countries within two seconds, until it says this code of Honduras. */
async function untilGatewaySays(code: string | null): Promise<void> {
  const query = '{ persons(search: { name: "Erick Ramirez" }) { outcomes { country code } } }'
  const ask = async (): Promise<string | null | undefined> => {
    const { data } = await askGateway<Outcomes>(query)
    return data.persons.outcomes.find(({ country }) => country === 'HN')?.code
  }
  await expect.poll(ask, { interval: 500 }).toBe(code)
}

async function idsOfHonduras({ page }: Story): Promise<readonly string[]> {
  return (await readRowIds(page)).filter((id) => id.startsWith('HN:'))
}
