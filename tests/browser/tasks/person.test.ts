/** Tasks 1 to 3 of docs/console.md: a person by a misspelt name, the dossier, and the network around the person. */
import { describe, expect, it } from 'vitest'
import { handOf } from '../console-hand.ts'
import {
  askGateway,
  DESK,
  expectUsable,
  fill,
  readTable,
  type Story,
  settingsOf,
  TELEPHONE,
  useConsoles,
  waitForAnswers,
  waitForStanding,
} from '../console-story.ts'

const MISSPELT = 'Erik Ramires Gusman'
const ERICK = 'GT:P-000001'
const consoles = useConsoles()

describe.each(settingsOf(DESK, TELEPHONE))('a person, in $name', (setting) => {
  it('is found by a misspelt name, and has a dossier and a network that say what the countries say', async () => {
    const story = await consoles.open(setting)
    await findByName(story)
    await readDossier(story)
    expect(story.complaints).toEqual([])
    await walkNetwork(story)
  })
})

interface Found {
  readonly persons: {
    readonly edges: readonly {
      readonly band: 'EXACT_IDENTIFIER' | 'STRONG' | 'WEAK'
      readonly node: { readonly id: string; readonly names: readonly { readonly full: string }[] }
    }[]
    readonly outcomes: readonly { readonly country: string; readonly reach: string }[]
  }
}

async function findByName(story: Story): Promise<void> {
  const { page, words } = story
  const hand = handOf(story)
  await hand.type(page.getByLabel(words('search.name')), MISSPELT)
  await hand.press(page.getByRole('button', { name: words('common.search'), exact: true }))
  await waitForAnswers(page)
  const { data } = await askGateway<Found>(
    `query ($name: String!) { persons(search: { name: $name }, first: 20) {
      edges { band node { id names { full } } } outcomes { country reach } } }`,
    { name: MISSPELT },
  )
  // A group of records has a row of its own above them.
  const rows = (await readTable(page, words('search.title'))).filter(({ length }) => length > 1)
  expect(rows.map((cells) => [cells.at(-1), cells[3]])).toEqual(
    data.persons.edges.map(({ node, band }) => [
      node.id,
      expect.stringMatching(new RegExp(`^\\s*${words(`band.${band}`)}`)),
    ]),
  )
  expect(rows.map(([, name]) => name)).toEqual(
    data.persons.edges.map(({ node }, at) => node.names.find(({ full }) => full === rows[at]?.[1])?.full),
  )
  expect(rows.length).toBeGreaterThanOrEqual(3)
  const answered = data.persons.outcomes.filter(({ reach }) => reach === 'ANSWERED')
  expect(answered.map(({ country }) => country)).toEqual(expect.arrayContaining(['GT', 'HN', 'SV']))
  // Partly, if a rule of the country hides a field.
  for (const { country } of answered) await waitForStanding(story, country, 'answered', 'partly')
  await expectUsable(story)
}

/** What a record says of other records and of cases. */
interface OnePerson {
  readonly person: {
    readonly sameAs: readonly { readonly id: string }[]
    readonly cases: { readonly edges: readonly { readonly node: { readonly id: string } }[] }
  }
}

/** Asks for each record of a person, as far as one leads to another. */
async function askIdentities(first: string): Promise<ReadonlyMap<string, OnePerson['person']>> {
  const found = new Map<string, OnePerson['person']>()
  const open = [first]
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (found.has(id)) continue
    const query = 'query ($id: ID!) { person(id: $id) { sameAs { id } cases(first: 100) { edges { node { id } } } } }'
    const { data } = await askGateway<OnePerson>(query, { id })
    found.set(id, data.person)
    open.push(...data.person.sameAs.map((other) => other.id))
  }
  return found
}

async function readDossier(story: Story): Promise<void> {
  const { page, words } = story
  await handOf(story).press(page.locator('tbody tr', { hasText: ERICK }).getByRole('link'))
  await page.getByRole('heading', { name: words('person.timeline') }).waitFor()
  await waitForAnswers(page)
  const identities = await askIdentities(ERICK)
  expect(identities.size).toBe(3)
  const table = page.getByRole('table', { name: words('person.identities'), exact: true })
  const shown = await table.locator('thead th code').allInnerTexts()
  expect(new Set(shown)).toEqual(new Set(identities.keys()))
  const cases = new Set([...identities.values()].flatMap((each) => each.cases.edges.map(({ node }) => node.id)))
  const rows = await readTable(page, words('person.cases'))
  expect(new Set(rows.map((cells) => cells[1]))).toEqual(new Set([...cases].map((id) => id.split(':')[1])))
  expect(rows).toHaveLength(cases.size)
  // An analyst may not read warrants: they are hidden, which is not the same as none.
  expect(await page.locator('.fold').textContent()).toContain(words('person.warrants'))
  // The line of countries counts the same.
  const [count = ''] = ((await page.locator('.fold .hatch').textContent()) ?? '').split(':')
  expect(await page.locator('.chips').textContent()).toContain(count)
  await expectUsable(story)
}

/** What the picture has, by the object of cytoscape that its element keeps. */
const PICTURE = `(() => {
  const { cy } = document.querySelector('.graph')._cyreg
  const places = Object.fromEntries(cy.nodes().map((node) => [node.id(), node.position()]))
  return { nodes: cy.nodes().map((node) => node.id()), edges: cy.edges().length, places }
})()`

interface Picture {
  readonly nodes: readonly string[]
  readonly edges: number
  readonly places: Readonly<Record<string, { readonly x: number; readonly y: number }>>
}

const seePicture = async ({ page }: Story): Promise<Picture> => (await page.evaluate(PICTURE)) as Picture

/** Connections as a plain answer gives them: a person with records of the same person, and with cases that name persons. */
interface Around {
  readonly person: {
    readonly id: string
    readonly sameAs: readonly { readonly id: string }[]
    readonly cases: {
      readonly edges: readonly {
        readonly node: {
          readonly id: string
          readonly participants: {
            readonly edges: readonly { readonly node: { readonly person: { id: string } | null } }[]
          }
        }
      }[]
    }
  } | null
}

const AROUND = `query ($id: ID!) { person(id: $id) { id sameAs { id } cases(first: 25) { edges { node { id
  participants(first: 25) { edges { node { person { id } } } } } } } } }`

/** Asks around persons, and returns who is beside whom. */
async function askAround(ids: readonly string[]): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const beside = new Map<string, Set<string>>()
  const connect = (one: string, other: string): void => {
    beside.set(one, (beside.get(one) ?? new Set()).add(other))
    beside.set(other, (beside.get(other) ?? new Set()).add(one))
  }
  for (const id of ids) {
    const { data } = await askGateway<Around>(AROUND, { id })
    for (const other of data.person?.sameAs ?? []) connect(id, other.id)
    for (const { node } of data.person?.cases.edges ?? []) {
      connect(id, node.id)
      for (const participant of node.participants.edges) {
        if (participant.node.person !== null) connect(participant.node.person.id, node.id)
      }
    }
  }
  return beside
}

/** How many steps lead from one record to each other one. Two records of persons are only beside one another if they are of the same person, which is no step. */
function countSteps(beside: ReadonlyMap<string, ReadonlySet<string>>, from: string): ReadonlyMap<string, number> {
  const steps = new Map([[from, 0]])
  const open = [from]
  for (let id = open.shift(); id !== undefined; id = open.shift()) {
    for (const other of beside.get(id) ?? []) {
      const count = (steps.get(id) ?? 0) + (isPerson(id) && isPerson(other) ? 0 : 1)
      if (count >= (steps.get(other) ?? Number.POSITIVE_INFINITY)) continue
      steps.set(other, count)
      open.push(other)
    }
  }
  return steps
}

const isPerson = (id: string): boolean => /^[A-Z]{2}:P-/.test(id)

async function walkNetwork(story: Story): Promise<void> {
  const { page, words, setting } = story
  const hand = handOf(story)
  await hand.press(page.getByRole('link', { name: words('person.network') }))
  await page.locator('.graph canvas').first().waitFor({ state: 'attached' })
  await waitForAnswers(page)
  const two = await askAround([ERICK])
  const first = await seePicture(story)
  expect(new Set(first.nodes)).toEqual(new Set(two.keys()))
  await expectUsable(story)
  if (setting.hand === 'mouse') await dragStart(story)
  const pinned = (await seePicture(story)).places

  await hand.press(page.getByRole('button', { name: words('network.expandAll') }))
  await expect.poll(async () => (await seePicture(story)).nodes.length).toBeGreaterThan(first.nodes.length)
  await waitForAnswers(page)
  const four = await askAround([...two.keys()].filter(isPerson))
  const { nodes, edges, places } = await seePicture(story)
  expect(new Set(nodes)).toEqual(new Set(four.keys()))
  // Who was placed stays there while the network grows.
  expect(first.nodes.map((id) => places[id])).toEqual(first.nodes.map((id) => pinned[id]))

  await hand.press(page.locator('summary', { hasText: words('network.table') }))
  expect(await readTable(page, words('network.table'))).toHaveLength(edges)
  await findWay(story, countSteps(four, ERICK))
  await expectUsable(story)
}

/** Drags the node in the middle to another place. */
async function dragStart(story: Story): Promise<void> {
  const { page } = story
  await page.locator('.graph').scrollIntoViewIfNeeded()
  const where = `(() => {
    const graph = document.querySelector('.graph')
    const { x, y } = graph._cyreg.cy.getElementById('${ERICK}').renderedPosition()
    const box = graph.getBoundingClientRect()
    return { x: box.x + x, y: box.y + y }
  })()`
  const before = (await seePicture(story)).places[ERICK]
  const { x, y } = (await page.evaluate(where)) as { readonly x: number; readonly y: number }
  await page.mouse.move(x, y)
  await page.mouse.down()
  await page.mouse.move(x + 40, y + 30, { steps: 5 })
  await page.mouse.up()
  expect((await seePicture(story)).places[ERICK]).not.toEqual(before)
}

/** Asks for the way to the person who is farthest away. */
async function findWay(story: Story, steps: ReadonlyMap<string, number>): Promise<void> {
  const { page, words } = story
  const [farthest, count] = [...steps]
    .filter(([id]) => isPerson(id))
    .reduce((far, each) => (each[1] > far[1] ? each : far))
  expect(count).toBeGreaterThanOrEqual(2)
  await handOf(story).press(page.locator('summary', { hasText: words('network.pathTo') }))
  const list = page.getByLabel(words('network.path'))
  const label = (await list.locator(`option[value="${farthest}"]`).textContent()) ?? ''
  await handOf(story).choose(list, label)
  const said = page.getByRole('status').filter({ hasText: ' → ' })
  expect(await said.textContent()).toContain(fill(words('network.pathFound_other'), { count, steps: '' }).trim())
  expect((await said.textContent())?.split(' → ').length).toBeGreaterThan(count)
}
