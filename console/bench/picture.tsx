import '../src/styles/console.css'
import i18next from 'i18next'
import { createRoot } from 'react-dom/client'
import { initReactI18next } from 'react-i18next'
import type { NetworkEdge, NetworkNode } from '../src/analyst/network/network-graph.ts'
import { NetworkPicture } from '../src/analyst/network/network-picture.tsx'
import { WORDS } from '../src/words/catalogue.ts'

/** The console's own picture of a network, for `npm run bench:console`, which serves the network beside this page. */

interface ServedNetwork {
  readonly start: string
  readonly nodes: readonly NetworkNode[]
  readonly edges: readonly NetworkEdge[]
}

const { start, nodes, edges } = (await (await fetch('./network.json')).json()) as ServedNetwork
await i18next.use(initReactI18next).init({ lng: 'es', resources: { es: { translation: WORDS.es } } })
const place = document.getElementById('root')
if (place === null) throw new Error('expected the page to have a place for the picture')
const network = {
  nodes: new Map(nodes.map((node) => [node.id, node])),
  edges,
  cut: new Set<string>(),
  numbers: new Map(),
}
const marks = { hidden: new Set<string>(), pinned: new Set<string>(), found: new Set<string>() }
const ignore = (): void => undefined
createRoot(place).render(<NetworkPicture {...{ network, start, marks }} onChoose={ignore} onDrawn={ignore} />)
