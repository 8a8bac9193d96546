import type { Language } from '../../../contract/language.ts'
import { type Say, wordsOf } from '../../../contract/words.ts'
import { ICONS } from './icons.ts'
import type { LandingFile } from './landing-file.ts'

/** The gateway's first page for a person: HTML without a script, from the texts of the operator and from what the gateway is now. */

const words = wordsOf({
  en: new URL('words.en.yaml', import.meta.url),
  es: new URL('words.es.yaml', import.meta.url),
})

/** What the page says of a participant. */
export interface LandingCountry {
  readonly country: string
  readonly name: Readonly<Record<Language, string>>
  /** Whether the gateway asks it. */
  readonly isAsked: boolean
  /** Whether it was away when it was last asked. Only in development: elsewhere nobody may learn from it what was asked. */
  readonly isAway: boolean
}

/** What the page shows. */
export interface LandingState {
  readonly version: string
  readonly countries: readonly LandingCountry[]
  readonly hasGraphiql: boolean
  /** What the operator says; null: nothing. */
  readonly file: LandingFile | null
}

/** A link, as the page writes it. */
type Link = readonly [name: string, address: string]

interface Writing extends LandingState {
  readonly language: Language
  readonly say: Say
  /** The operator's links. */
  readonly links: readonly Link[]
}

/** Writes the page in a language. */
export function writeLandingPage(language: Language, state: LandingState): string {
  const links = (state.file?.links ?? []).map(({ name, address }): Link => {
    return [name[language], address[language]]
  })
  const writing = { ...state, language, say: words(language), links }
  const { say } = writing
  const body = [
    writeBar(writing),
    html`<main><section class="hero"><div><h1>${say('title')}<br>${say('subtitle')}</h1><ol>`,
    ...['one', 'two', 'three', 'four'].map((name) => html`<li>${say(`sentences.${name}`)}</li>`),
    '</ol></div>',
    state.file?.example === undefined ? writeOperator(writing) : writeExample(writing, state.file.example),
    '</section>',
    ...writeDoors(writing),
    ...writeStories(writing),
    writeFoot(writing),
    '</main>',
  ]
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Istmo</title>
<link rel="icon" href="data:,">
<link rel="preload" href="/inter.woff2" as="font" type="font/woff2" crossorigin>
<link rel="stylesheet" href="/landing.css">
</head>
<body>
${body.join('\n')}
</body>
</html>
`
}

/** Writes markup whose holes are texts: nothing in them is read as markup. */
function html(parts: TemplateStringsArray, ...texts: readonly (string | Markup)[]): string {
  return String.raw({ raw: parts }, ...texts.map((text) => (text instanceof Markup ? text.text : escapeText(text))))
}

/** Markup that goes into markup as it is. */
class Markup {
  readonly text: string
  constructor(...lines: readonly string[]) {
    this.text = lines.join('')
  }
}

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

function icon(name: keyof typeof ICONS): Markup {
  return new Markup(html`<svg viewBox="0 0 16 16" aria-hidden="true"><path d="${ICONS[name]}"/></svg>`)
}

/** The letters of a country, drawn as in the console (console/src/look/country-colors.ts). */
function mark(country: string, { name = country, isAway = false } = {}): Markup {
  return new Markup(
    html`<abbr class="mark ${country.toLowerCase()} ${isAway ? 'away' : ''}" title="${name}">${country}</abbr>`,
  )
}

function writeBar({ say, language, file, links, hasGraphiql }: Writing): string {
  const other = language === 'es' ? 'en' : 'es'
  return [
    html`<header><strong><svg viewBox="0 0 24 24" aria-hidden="true"><path d="${ICONS.istmo}"/><circle cx="5" cy="5" r="3.2"/><circle cx="19" cy="18.500" r="3.2"/></svg>Istmo</strong>`,
    file?.notice === undefined ? '' : html`<span class="notice">${file.notice[language]}</span>`,
    html`<nav aria-label="${say('links')}">`,
    hasGraphiql ? html`<a href="/graphiql">${icon('code')}GraphiQL</a>` : '',
    ...links.slice(0, 1).map(([name, address]) => html`<a href="${address}">${icon('doc')}${name}</a>`),
    html`<a href="/?lang=${other}" lang="${other}" hreflang="${other}">${say('otherLanguage')}</a></nav></header>`,
  ].join('')
}

/** Who runs this and whom to call: what an officer of another institution needs first. */
function writeOperator({ say, language, file, version }: Writing): string {
  const rows = [
    ...(file === null
      ? []
      : [
          ['institution', file.institution[language]],
          ['contact', file.contact[language]],
        ]),
    ['version', version],
  ]
  return [
    html`<section class="card operator"><h2>${say('operator')}</h2><dl>`,
    ...rows.map(([name = '', value = '']) => html`<dt>${say(`facts.${name}`)}</dt><dd>${value}</dd>`),
    html`</dl><p>${say('forOfficers')}</p></section>`,
  ].join('')
}

function writeExample({ language }: Writing, { question, rows, parts }: NonNullable<LandingFile['example']>): string {
  const day = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' })
  return [
    html`<figure class="card"><figcaption>${question[language]}</figcaption><table>`,
    ...rows.map(
      (row) =>
        html`<tr><td>${day.format(new Date(row.day))}</td><td>${mark(row.country)}</td><td>${row.id}</td><td>${row.about}</td></tr>`,
    ),
    '</table><p>',
    ...parts.map(
      ({ country, text, hasAnswered }) =>
        html`<span class="chip ${hasAnswered ? '' : 'none'}">${mark(country, { isAway: !hasAnswered })}${icon(hasAnswered ? 'ok' : 'none')}${text[language]}</span>`,
    ),
    '</p></figure>',
  ].join('')
}

function writeDoors({ say, language, file }: Writing): readonly string[] {
  if (file === null || file.doors.length === 0) return []
  return [
    html`<section aria-labelledby="doors"><h2 id="doors">${say('doors')}</h2> <p>${say('doorsAbout')}</p><ul class="doors">`,
    ...file.doors.map(
      (
        door,
      ) => html`<li><a class="card" href="${door.address}"><span class="who">${icon(door.icon)}<span><b>${door.name[language]}</b> <small>${door.place[language]}</small></span></span>
<span class="about">${door.about[language]}</span>
<small class="rights"><span>${icon('ok')}${door.sees[language]}</span> <span>${icon('hide')}<i>${say('hidden')}</i> ${door.hidden[language]}</span></small>
<span class="button">${door.enter[language]}</span></a></li>`,
    ),
    '</ul></section>',
  ]
}

function writeStories({ say, language, file }: Writing): readonly string[] {
  if (file === null || file.stories.length === 0) return []
  return [
    html`<section aria-labelledby="stories"><h2 id="stories">${say('stories')}</h2><ul class="stories">`,
    ...file.stories.map(
      ({ title, about, address }) =>
        html`<li><a class="card" href="${address}"><b>${title[language]}</b> <small>${about[language]}</small></a></li>`,
    ),
    '</ul></section>',
  ]
}

function writeFoot(writing: Writing): string {
  const { say, version, hasGraphiql } = writing
  const graphiql: readonly Link[] = hasGraphiql ? [['GraphiQL', '/graphiql']] : []
  const links: readonly Link[] = [...writing.links, ...graphiql, [say('status'), '/status']]
  return [
    html`<footer><ul aria-label="${say('countries')}">`,
    ...writeCountries(writing),
    '</ul><p>',
    ...links.map(([name, address]) => html`<a href="${address}">${name}</a> `),
    html`<small>${say('facts.version')} ${version}</small></p></footer>`,
  ].join('')
}

/** Writes an item for each state, with the countries in it and what their records are. */
function writeCountries({ say, language, file, countries }: Writing): readonly string[] {
  const known = new Map(countries.map((each) => [each.country, each]))
  const codes = [...new Set([...known.keys(), ...Object.keys(file?.records ?? {})])]
  const stateOf = (code: string): string => {
    const country = known.get(code)
    return country?.isAsked ? (country.isAway ? say('state.away') : say('state.takesPart')) : say('state.notNow')
  }
  return [...Map.groupBy(codes, stateOf)].map(([state, inIt]) => {
    const kinds = [...Map.groupBy(inIt, (code) => file?.records[code]?.[language] ?? '')].map(([records, of]) => {
      const marks = of.map((code) => {
        const country = known.get(code)
        return mark(code, { name: country?.name[language] ?? code, isAway: !country?.isAsked || country.isAway }).text
      })
      return html`<em>${new Markup(marks.join(' '))} ${records}</em>`
    })
    return html`<li>${state} ${new Markup(kinds.join(' '))}</li>`
  })
}
