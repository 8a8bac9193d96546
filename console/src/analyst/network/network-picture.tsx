import cytoscape, { type Core, type StylesheetStyle } from 'cytoscape'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { cleanText } from '../../components/clean-text.ts'
import { mixesScripts } from '../../components/mixed-scripts.ts'
import type { Network } from './network-graph.ts'
import { placeByHops } from './place-by-hops.ts'

/** The longest name that a node shows, in characters. */
const LABEL_LENGTH = 28

/** The most nodes that forces place. Their simulation takes a second for so many, and minutes for thousands. */
const MOST_SIMULATED = 300

/** The network as a picture. A node that was placed stays where it is when the network grows. */
export function NetworkPicture({
  network,
  start,
  onExpand,
}: {
  readonly network: Network
  readonly start: string
  readonly onExpand: (id: string) => void
}) {
  const { t } = useTranslation()
  const place = useRef<HTMLDivElement>(null)
  const picture = useRef<Core | null>(null)
  const expand = useRef(onExpand)
  expand.current = onExpand
  useEffect(() => {
    const core = cytoscape({
      container: place.current,
      style: stylesOf(),
      minZoom: 0.1,
      maxZoom: 4,
      // Thousands of nodes are moved as one picture.
      textureOnViewport: true,
      hideEdgesOnViewport: false,
      pixelRatio: 1,
    })
    core.on('tap', 'node[kind = "person"]', ({ target }) => expand.current(target.id()))
    picture.current = core
    return () => {
      core.destroy()
      picture.current = null
    }
  }, [])
  useEffect(() => {
    if (picture.current !== null) grow(picture.current, network, start)
  }, [network, start])
  return (
    <div
      ref={place}
      className="graph"
      role="img"
      aria-label={`${t('network.nodes', { count: network.nodes.size })}. ${t('network.table')}`}
    />
  )
}

/** Adds what is new, and lays it out around what is there. */
function grow(core: Core, network: Network, start: string): void {
  const { nodes, edges } = network
  const added = [...nodes.values()].filter(({ id }) => core.getElementById(id).empty())
  const known = core.nodes()
  core.batch(() => {
    core.add(
      added.map(({ id, kind, name }) => ({
        group: 'nodes' as const,
        data: { id, kind, label: labelOf(name ?? id), isStart: id === start ? 1 : 0 },
      })),
    )
    for (const { from, to, relation } of edges) {
      const id = `${from} ${to} ${relation}`
      if (core.getElementById(id).empty()) {
        core.add({ group: 'edges', data: { id, source: from, target: to, relation } })
      }
    }
  })
  if (added.length === 0) return
  if (nodes.size > MOST_SIMULATED) {
    const box = known.boundingBox()
    const emptyRadius = known.empty() ? 0 : Math.hypot(Math.max(-box.x1, box.x2), Math.max(-box.y1, box.y2))
    const places = placeByHops(network, start, { added: added.map(({ id }) => id), emptyRadius })
    core.batch(() => {
      for (const [id, { x, y }] of places) core.getElementById(id).position({ x, y })
    })
    if (known.empty()) core.fit(undefined, 20)
    return
  }
  known.lock()
  core
    .layout({
      name: 'cose',
      animate: false,
      randomize: known.empty(),
      fit: known.empty(),
      nodeDimensionsIncludeLabels: true,
    })
    .run()
  known.unlock()
}

function labelOf(text: string): string {
  const clean = cleanText(text)
  const short = clean.length > LABEL_LENGTH ? `${clean.slice(0, LABEL_LENGTH - 1)}…` : clean
  return mixesScripts(clean) ? `${short} ⚠` : short
}

/** The look of the nodes, in the colors of the page. Kinds differ in shape and not only in color. */
function stylesOf(): StylesheetStyle[] {
  const color = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim()
  const label = { label: 'data(label)', color: color('--ink'), 'font-size': 11, 'text-valign': 'bottom' as const }
  return [
    { selector: 'node', style: { ...label, width: 22, height: 22, 'background-color': color('--main') } },
    { selector: 'node[kind = "case"]', style: { shape: 'rectangle', 'background-color': color('--part') } },
    {
      selector: 'node[isStart = 1]',
      style: { width: 34, height: 34, 'border-width': 4, 'border-color': color('--focus') },
    },
    { selector: 'edge', style: { width: 1.5, 'line-color': color('--soft'), 'curve-style': 'haystack' } },
    { selector: 'edge[relation = "SAME"]', style: { 'line-style': 'dashed', 'line-color': color('--focus') } },
  ]
}
