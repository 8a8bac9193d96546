/**
 * What GraphiQL leaves open for people who use a screen reader or only a keyboard: its editors have no names, its scrolling parts take
 * no focus, and its tabs contain buttons, which a tab may not. This mends each part when GraphiQL draws it.
 */
import { texts } from './texts.js'

const EDITORS = [
  ['.graphiql-query-editor', 'query'],
  ['.graphiql-editor-tool', 'variables'],
  ['.graphiql-response', 'response'],
]

/** Mends the parts below `root` now, and again after each change. */
export function keepAccessible(root) {
  const observer = new MutationObserver(() => mend(root))
  observer.observe(root, {
    childList: true,
    subtree: true,
    attributes: true,
    attributeFilter: ['aria-selected', 'class'],
  })
  mend(root)
}

function mend(root) {
  for (const [place, name] of EDITORS) {
    for (const area of root.querySelectorAll(`${place} textarea:not([aria-label])`)) {
      area.setAttribute('aria-label', texts.editors[name])
    }
  }
  for (const scroll of root.querySelectorAll('.CodeMirror-scroll[tabindex="-1"]')) scroll.tabIndex = 0
  for (const list of root.querySelectorAll('[role=tablist]')) list.setAttribute('role', 'list')
  for (const tab of root.querySelectorAll('li.graphiql-tab')) mendTab(tab)
}

/** Makes a tab an item of a list, whose button says whether it is the current one. */
function mendTab(tab) {
  if (tab.getAttribute('role') !== 'listitem') tab.setAttribute('role', 'listitem')
  if (tab.hasAttribute('aria-selected')) tab.removeAttribute('aria-selected')
  const button = tab.querySelector('.graphiql-tab-button')
  if (button === null) return
  const isCurrent = String(tab.classList.contains('graphiql-tab-active'))
  if (button.getAttribute('aria-current') !== isCurrent) button.setAttribute('aria-current', isCurrent)
}
