/** The pages of the login provider: HTML without a script. */
import { LANGUAGES, type Language } from '../../contract/language.ts'
import { words } from '../words.ts'
import type { Officer, ProfileName } from './officers.ts'

/** What a login page shows. */
export interface LoginPage {
  readonly language: Language
  readonly country: string
  readonly officers: readonly Officer<ProfileName>[]
}

/** The style of the pages, a file of its own: the pages allow no style in themselves. */
export const LOGIN_STYLE = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 36rem; margin: 3rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; }
fieldset { border: 0; padding: 0; margin: 1.5rem 0; display: grid; gap: 0.5rem; }
legend { font-weight: 600; margin-bottom: 0.5rem; }
button { font: inherit; text-align: left; padding: 0.6rem 0.9rem; border: 1px solid; border-radius: 0.4rem; cursor: pointer; }
button small { display: block; }
`

/** Writes the page on which an officer chooses who they are. Its form goes to the address of the page. */
export function renderLoginPage({ language, country, officers }: LoginPage): string {
  const say = words(language)
  const buttons = officers.map(({ profile, org, acr }) => {
    const detail = `${org.role} · ${org.agency} · ${say(`login.assurance.${acr}`)}`
    return `<button name="profile" value="${escapeHtml(profile)}">${escapeHtml(say(`login.profiles.${profile}`))}
<small>${escapeHtml(detail)}</small></button>`
  })
  return page(language, say('login.title', { country }), [
    `<p>${say('login.warning')}</p>`,
    `<form method="post"><fieldset><legend>${say('login.question')}</legend>`,
    ...buttons,
    `</fieldset><button name="cancel" value="yes">${say('login.cancel')}</button></form>`,
    linkToOtherLanguage(language),
  ])
}

/** The error codes of OAuth 2.0 of which the page says more than that the login cannot go on. */
const KNOWN_ERRORS = ['invalid_client', 'invalid_redirect_uri', 'invalid_request'] as const

/** Writes the page of a login that cannot go on. It repeats nothing that came with the request. */
export function renderErrorPage(language: Language, error: string): string {
  const say = words(language)
  const known = KNOWN_ERRORS.find((each) => each === error)
  const reason = known === undefined ? '' : `<p>${say(`login.failures.${known}`)}</p>`
  return page(language, say('login.failed'), [reason, `<p>${say('login.failure')}</p>`])
}

function page(language: Language, title: string, body: readonly string[]): string {
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="stylesheet" href="/login.css">
</head>
<body><main>
<h1>${escapeHtml(title)}</h1>
${body.filter((line) => line !== '').join('\n')}
</main></body>
</html>
`
}

function linkToOtherLanguage(language: Language): string {
  const other = LANGUAGES.find((each) => each !== language)
  return `<p><a href="?lang=${other}" lang="${other}" hreflang="${other}">${words(language)('login.otherLanguage')}</a></p>`
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
