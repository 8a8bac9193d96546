/* GraphiQL with a box for the bearer token. The token stays in this page's memory: no storage, no URL. */
/* global React, ReactDOM, GraphiQL */

const root = ReactDOM.createRoot(document.getElementById('graphiql'))
const message = document.getElementById('message')
let connection = 0

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

/** Renders GraphiQL again, so that it fetches the schema with this token. */
function connect(token) {
  connection += 1
  const headers = { 'content-type': 'application/json', accept: 'application/json' }
  if (token !== '') headers.authorization = `Bearer ${token}`

  async function fetcher(params, options) {
    const init = { method: 'POST', headers: { ...headers, ...options?.headers }, body: JSON.stringify(params) }
    const response = await fetch('/graphql', init)
    const answer = await response.json()
    const code = response.ok ? undefined : answer.errors?.[0]?.extensions?.code
    message.textContent = code === undefined ? '' : `${code}: ${answer.errors[0].message}`
    return answer
  }
  root.render(
    React.createElement(GraphiQL, {
      key: connection,
      fetcher,
      storage,
      shouldPersistHeaders: false,
      defaultEditorToolsVisibility: 'variables',
    }),
  )
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

connect('')
