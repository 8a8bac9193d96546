import type { IncomingMessage } from 'node:http'
import type Provider from 'oidc-provider'
import type { InteractionResults, KoaContextWithOIDC } from 'oidc-provider'
import { chooseLanguage, LANGUAGES, type Language } from '../../contract/language.ts'
import { words } from '../words.ts'
import type { Officer, ProfileName } from './officers.ts'

/** The pages of the login provider: HTML without a script. */

/** What a login page shows. */
export interface LoginPage {
  readonly language: Language
  readonly country: string
  readonly officers: readonly Officer<ProfileName>[]
}

/** The style of the pages, a file of its own: the pages allow no style in themselves. */
export const LOGIN_STYLE = `
:root { color-scheme: light dark; --paper: #f6f5f1; --surface: #fff; --ink: #16212b; --ink-2: #4c5863; --line: #dfdcd4; --accent: #0b5573; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #10161b; --surface: #171f27; --ink: #e9ecee; --ink-2: #a8b3bc; --line: #2a3540; --accent: #84c6df; }
}
body { margin: 0; background: var(--paper); color: var(--ink); font: 0.8125rem/1.54 Inter, "Noto Sans", system-ui, sans-serif; }
main { max-width: 36rem; margin: 8vh auto; padding: 1.5rem; background: var(--surface); border: 1px solid var(--line); border-radius: 10px; }
h1 { margin: 0 0 0.25rem; font-size: 1.25rem; line-height: 1.4; font-weight: 600; letter-spacing: -0.014em; }
p, small { margin: 0; color: var(--ink-2); }
a { color: var(--accent); }
fieldset { border: 0; padding: 0; margin: 1rem 0 0.75rem; display: grid; gap: 0.5rem; }
legend { padding: 0; margin-bottom: 0.5rem; font-size: 0.9375rem; font-weight: 600; }
button { font: inherit; color: inherit; text-align: left; min-height: 2.75rem; padding: 0.5rem 0.875rem; background: none; border: 1px solid var(--line); border-radius: 6px; cursor: pointer; }
button:hover { border-color: var(--accent); }
button[name=cancel] { min-height: 2.25rem; padding: 0.25rem 0.75rem; border-color: var(--ink-2); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
b { display: block; font-size: 0.875rem; font-weight: 600; }
button span { display: block; }
small { display: block; font-size: 0.75rem; line-height: 1rem; }
form + p { margin-top: 1rem; }
`

/** Writes the page on which an officer chooses who they are. Its form goes to the address of the page. */
export function renderLoginPage({ language, country, officers }: LoginPage): string {
  const say = words(language)
  const buttons = officers.map(({ profile, org, acr }) => {
    const [name, may] = [say(`login.profiles.${profile}.name`), say(`login.profiles.${profile}.may`)].map(escapeHtml)
    return `<button name="profile" value="${escapeHtml(profile)}"><b>${name}</b> <span>${may}</span>
<small>${escapeHtml(`${org.agency} · ${say(`login.assurance.${acr}`)}`)}</small></button>`
  })
  return page(language, say('login.title', { country: nameOf(country, language) }), [
    `<p>${say('login.warning')}</p>`,
    `<form method="post"><fieldset><legend>${say('login.question')}</legend>`,
    ...buttons,
    `</fieldset><button name="cancel" value="yes">${say('login.cancel')}</button></form>`,
    linkToOtherLanguage(language),
  ])
}

function nameOf(country: string, language: Language): string {
  return new Intl.DisplayNames([language], { type: 'region' }).of(country) ?? country
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

const STYLE_PATH = '/login.css'

/** The address of a login in progress: `/login/` and its id. */
const LOGIN_PATH = /^\/login\/[\w-]{1,64}$/

/** A form with one choice is far smaller. In bytes. */
const MAX_FORM_BYTES = 1024

/** Whose login page it is. */
interface LoginSettings {
  readonly country: string
  readonly officers: readonly Officer<ProfileName>[]
  /** Whether a login that names a profile (`login_hint`, OpenID Connect Core section 3.1.2.1) is that officer's, without the page. */
  readonly isDevelopment: boolean
}

/**
 * Answers the requests of the login page: the page itself, its style, and the form that an officer sends.
 * @returns false if the request is for something else.
 */
export async function answerLogin(
  provider: Provider,
  ctx: KoaContextWithOIDC,
  { country, officers, isDevelopment }: LoginSettings,
): Promise<boolean> {
  if (ctx.path === STYLE_PATH) {
    ctx.type = 'css'
    ctx.body = LOGIN_STYLE
    return true
  }
  if (!LOGIN_PATH.test(ctx.path)) return false
  const interaction = await findInteraction(provider, ctx)
  if (interaction === null) {
    refuse(ctx, 400)
  } else if (ctx.method === 'GET' || ctx.method === 'HEAD') {
    const hinted = isDevelopment && officers.find(({ profile }) => profile === interaction.params.login_hint)
    if (hinted) {
      await logInAs(provider, ctx, interaction, hinted)
      return true
    }
    const language = languageOf(ctx, interaction.params.ui_locales)
    ctx.type = 'html'
    ctx.body = renderLoginPage({ language, country, officers })
  } else if (ctx.method !== 'POST') {
    ctx.set('allow', 'GET, HEAD, POST')
    refuse(ctx, 405)
  } else {
    await takeChoice(provider, ctx, interaction, officers)
  }
  return true
}

type Interaction = InstanceType<Provider['Interaction']>

async function takeChoice(
  provider: Provider,
  ctx: KoaContextWithOIDC,
  interaction: Interaction,
  officers: readonly Officer<ProfileName>[],
): Promise<void> {
  // The cookie of the login is not sent with forms of other sites (SameSite). Browsers also say where a form comes from.
  const site = ctx.get('sec-fetch-site')
  if (site !== '' && site !== 'same-origin') return refuse(ctx, 403)
  const form = await readForm(ctx.req)
  if (form === null) return refuse(ctx, 400)
  const officer = officers.find(({ profile }) => profile === form.get('profile'))
  if (officer === undefined && !form.has('cancel')) return refuse(ctx, 400)
  if (officer !== undefined) return logInAs(provider, ctx, interaction, officer)
  await endInteraction(provider, ctx, { error: 'access_denied', error_description: 'the officer did not log in' })
}

async function logInAs(
  provider: Provider,
  ctx: KoaContextWithOIDC,
  interaction: Interaction,
  officer: Officer,
): Promise<void> {
  await endOtherSession(provider, interaction, officer)
  await endInteraction(provider, ctx, { login: { accountId: officer.subject, acr: officer.acr, remember: false } })
}

async function endInteraction(provider: Provider, ctx: KoaContextWithOIDC, result: InteractionResults): Promise<void> {
  ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, result, { mergeWithLastSubmission: false }))
  ctx.status = 303
}

/** Logs out another officer of the same browser. The library would do it with a page that sends itself, for which it needs a script. */
async function endOtherSession(provider: Provider, interaction: Interaction, officer: Officer): Promise<void> {
  const { session } = interaction
  if (session === undefined || session.accountId === officer.subject) return
  await (await provider.Session.findByUid(session.uid))?.destroy()
  delete interaction.session
  await interaction.save(interaction.exp - Math.floor(Date.now() / 1000))
}

async function findInteraction(provider: Provider, ctx: KoaContextWithOIDC) {
  const interaction = await provider.interactionDetails(ctx.req, ctx.res).catch((error: unknown) => {
    if (isNoSession(error)) return null
    throw error
  })
  return interaction !== null && ctx.path === `/login/${interaction.uid}` ? interaction : null
}

function isNoSession(error: unknown): boolean {
  return error instanceof Error && error.name === 'SessionNotFound'
}

function refuse(ctx: KoaContextWithOIDC, status: number): void {
  ctx.status = status
  ctx.type = 'html'
  ctx.body = renderErrorPage(languageOf(ctx, undefined), '')
}

/** The language of a page: by the link on it, by what the tool asks for (OpenID Connect Core, 3.1.2.1), or by the browser's settings. */
function languageOf(ctx: KoaContextWithOIDC, locales: unknown): Language {
  const chosen = LANGUAGES.find((language) => language === ctx.query.lang)
  const wanted = typeof locales === 'string' ? locales.replaceAll(' ', ',') : undefined
  return chosen ?? chooseLanguage(wanted ?? ctx.get('accept-language'))
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams | null> {
  if (!/^application\/x-www-form-urlencoded(;|$)/i.test(request.headers['content-type'] ?? '')) return null
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk
    if (text.length > MAX_FORM_BYTES) return null
  }
  return new URLSearchParams(text)
}
