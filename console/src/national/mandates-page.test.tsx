// @vitest-environment happy-dom
import { screen, within } from '@testing-library/react'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { MANDATE_TYPE, type MandateDocument, signMandate } from '../../../contract/trust/mandate-document.ts'
import { type PersonalJws, type PersonalPrivateKey, signPersonally } from '../../../contract/trust/personal-jws.ts'
import { newPersonalKey, SAMPLE_MANDATE, signByBoth } from '../../../contract/trust/testing.ts'
import { type Shown, show, word } from '../testing.tsx'
import { MandatesPage } from './mandates-page.tsx'
import { NATIONAL_ES } from './words-es.ts'

const WORDS = NATIONAL_ES.mandates
const { fields: FIELDS } = WORDS

/** Sets the day, and lets time go on. */
const setDay = (day: string): void => {
  vi.useFakeTimers({ now: Date.parse(`${day}T18:00:00Z`), toFake: ['Date'] })
  onTestFinished(() => {
    vi.useRealTimers()
  })
}

const fill = async ({ user }: Shown, approver: string): Promise<void> => {
  const write = async (field: keyof typeof FIELDS, text: string): Promise<void> => {
    const box = screen.getByLabelText(FIELDS[field])
    await user.clear(box)
    await user.type(box, text)
  }
  await write('taskForce', 'jtf-2026-03')
  await write('notAfter', '2027-03-31')
  await write('timeZone', 'America/Guatemala')
  await write('approver', approver)
  await write('countries', 'HN{Enter}SV')
  await write('scopes', 'case:read')
  await write('officers', 'GT-MP-FECO / prosecutor{Enter}ana')
  await user.click(screen.getByRole('checkbox', { name: word('purpose.INVESTIGATION') }))
  await user.click(screen.getByRole('button', { name: WORDS.make }))
}

const read = async ({ user }: Shown, document: PersonalJws | string, name = 'jtf.mandate.json'): Promise<void> => {
  const text = typeof document === 'string' ? document : JSON.stringify(document)
  await user.upload(screen.getByLabelText(WORDS.document), new File([text], name, { type: 'application/json' }))
}

const commands = (): readonly (string | null)[] =>
  [...document.querySelectorAll('.command code')].map(({ textContent }) => textContent)

describe('a mandate that is prepared', () => {
  it('becomes a file, with a command for who drafts it and one for another person who approves it', async () => {
    setDay('2026-11-28')
    const shown = await show(<MandatesPage />)
    expect(screen.getByLabelText(FIELDS.country)).toHaveProperty('value', 'GT')
    await fill(shown, 'beto')
    const made = within(screen.getAllByRole('status')[0] ?? expect.fail())
    const yaml = made.getByText(/task_force: "jtf-2026-03"/).textContent
    expect(yaml).toContain('approver: { subject: "beto" }')
    expect(yaml).toContain('{ agency: "GT-MP-FECO", role: "prosecutor" }')
    expect(commands()).toEqual([
      expect.stringMatching(/^istmo mandates draft jtf-2026-03\.yaml .*--key ana\.key/),
      expect.stringMatching(/^istmo mandates approve jtf-2026-03\.mandate\.json .*--key beto\.key/),
    ])
  })

  it('is not made for an approver whom it names: nobody approves a mandate of their own', async () => {
    setDay('2026-11-28')
    const shown = await show(<MandatesPage />)
    await fill(shown, 'ana')
    expect(screen.queryByRole('status')).toBeNull()
    const box = screen.getByLabelText(FIELDS.approver)
    expect(box.getAttribute('aria-invalid')).toBe('true')
    expect(document.getElementById(box.getAttribute('aria-describedby') ?? '')?.textContent).toBe(
      `${WORDS.wrong}${WORDS.hints.approver}`,
    )
    expect(screen.getByLabelText(FIELDS.taskForce).getAttribute('aria-invalid')).toBeNull()
  })

  it('is not made for longer than a mandate may last', async () => {
    setDay('2026-09-01')
    await fill(await show(<MandatesPage />), 'beto')
    expect(screen.queryByRole('status')).toBeNull()
    expect(screen.getByLabelText(FIELDS.notAfter).getAttribute('aria-invalid')).toBe('true')
  })
})

describe('a mandate that is read', () => {
  const [ana, beto] = [newPersonalKey(), newPersonalKey()]
  const draft = (document: MandateDocument = SAMPLE_MANDATE): Promise<PersonalJws> =>
    signMandate(document, ana, 'drafter')

  it('says of a draft that it opens nothing yet, and how another person approves it', async () => {
    setDay('2026-11-28')
    const shown = await show(<MandatesPage />)
    await read(shown, await draft(), 'el mandato.json')
    expect(await screen.findByText(new RegExp(WORDS.isDraft))).toBeTruthy()
    expect(screen.getByText(WORDS.approve)).toBeTruthy()
    expect(screen.queryByText(WORDS.revoke)).toBeNull()
    expect(commands()).toEqual([expect.stringMatching(/^istmo mandates approve 'el mandato\.json' --key beto\.key/)])
  })

  it.each([
    ['2026-11-20', WORDS.times.NOT_YET],
    ['2026-11-28', WORDS.times.IN_FORCE],
    ['2027-04-02', WORDS.times.OVER],
  ])('says of an approved one on %s: %s, who signed, and how it is revoked', async (day, time) => {
    setDay(day)
    const shown = await show(<MandatesPage />)
    await read(shown, await signByBoth(SAMPLE_MANDATE, ana, beto))
    expect((await screen.findByText(WORDS.holds)).parentElement?.textContent).toContain(time)
    const signers = screen.getAllByRole('listitem').map(({ textContent }) => textContent)
    expect(signers).toEqual([
      expect.stringContaining(WORDS.roles.drafter),
      expect.stringContaining(WORDS.roles.approver),
    ])
    expect(commands()).toEqual([expect.stringMatching(/^istmo mandates revoke [\w-]{43} --reason /)])
  })

  it('is not valid if one person signed in both roles', async () => {
    const own: PersonalPrivateKey = ana
    const jws = await draft()
    const second = await signPersonally(jws.payload, own, { typ: MANDATE_TYPE, role: 'approver' })
    const shown = await show(<MandatesPage />)
    await read(shown, { ...jws, signatures: [...jws.signatures, second] })
    expect((await screen.findByRole('alert')).textContent).toContain('Este documento no vale')
    expect([commands(), screen.queryByText(WORDS.approve)]).toEqual([[], null])
  })

  it.each([
    ['with one changed character', (text: string) => text.replace(/"payload":"(.{20})./, '"payload":"$1A')],
    ['that is none', () => 'nombre;nacimiento'],
  ])('is not valid %s', async (_, change) => {
    const shown = await show(<MandatesPage />)
    await read(shown, change(JSON.stringify(await signByBoth(SAMPLE_MANDATE, ana, beto))))
    expect((await screen.findByRole('alert')).textContent).toContain('Este documento no vale')
    expect(commands()).toEqual([])
  })
})
