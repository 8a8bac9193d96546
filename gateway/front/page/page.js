/* GraphiQL with a box for the bearer token. The token stays in this page's memory: no storage, no URL. */
/* global React, ReactDOM, GraphiQL */
import { keepAccessible } from './accessible.js'
import { wordBearer } from './bearer-line.js'
import { wordCountries } from './countries-line.js'
import { QUESTIONS } from './questions.js'
import { language, texts } from './texts.js'

const place = document.getElementById('graphiql')
const root = ReactDOM.createRoot(place)
const message = document.getElementById('message')
const bearer = document.getElementById('bearer')
const countries = document.createElement('p')
countries.id = 'countries'
countries.setAttribute('role', 'status')

document.documentElement.lang = language
for (const element of document.querySelectorAll('[data-text]')) element.textContent = texts[element.dataset.text]

/** GraphiQL's storage, which lasts until the page closes, because documents and variables may hold names of persons. */
const remembered = new Map()
const storage = {
  get length() {
    return remembered.size
  },
  getItem: (name) => remembered.get(name) ?? null,
  setItem: (name, value) => void remembered.set(name, value),
  removeItem: (name) => void remembered.delete(name),
  clear: () => remembered.clear(),
}

/** Shows what happened at each country. Introspection asks no country, so it changes nothing. */
function showCountries(params, answer) {
  if (/\b__schema\b/.test(params.query)) return
  const { text, isIncomplete } = wordCountries(answer)
  countries.textContent = text
  countries.classList.toggle('incomplete', isIncomplete)
}

/** Gives GraphiQL a fetcher with this token. GraphiQL then fetches the schema again, and keeps what is in its tabs. */
function connect(token) {
  const { text, isUsable } = wordBearer(token)
  bearer.textContent = text
  bearer.classList.toggle('unusable', !isUsable)
  const headers = { 'content-type': 'application/json', accept: 'application/json', 'accept-language': language }
  if (token !== '') headers.authorization = `Bearer ${token}`

  async function fetcher(params, options) {
    const init = { method: 'POST', headers: { ...headers, ...options?.headers }, body: JSON.stringify(params) }
    const response = await fetch('/graphql', init)
    const answer = await response.json()
    const code = response.ok ? undefined : answer.errors?.[0]?.extensions?.code
    message.textContent = code === undefined ? '' : `${answer.errors[0].message} (${code})`
    showCountries(params, answer)
    return answer
  }
  root.render(
    React.createElement(GraphiQL, {
      fetcher,
      storage,
      shouldPersistHeaders: false,
      defaultEditorToolsVisibility: 'variables',
      defaultTabs: QUESTIONS,
      variables: QUESTIONS[0].variables,
    }),
  )
}

/** Puts the line of the countries above the result, when GraphiQL has drawn the result's place. */
function placeCountries() {
  const response = place.querySelector('.graphiql-response')
  if (response !== null && response.firstElementChild !== countries) response.prepend(countries)
}

document.getElementById('connect').addEventListener('submit', (event) => {
  event.preventDefault()
  connect(
    document
      .getElementById('token')
      .value.trim()
      .replace(/^Bearer\s+/i, ''),
  )
})

/** CodeMirror draws nothing in a place that had no size when it was made. */
function redrawEditors() {
  for (const editor of place.querySelectorAll('.CodeMirror')) editor.CodeMirror?.refresh()
}

new MutationObserver(placeCountries).observe(place, { childList: true, subtree: true })
new ResizeObserver(redrawEditors).observe(place)
keepAccessible(place)
connect('')
