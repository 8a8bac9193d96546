/** Looks at a page of the console as the victim of an attack would: did a script run, and is each text that came from elsewhere only a text? */
import type { BrowserContext, Page } from 'playwright-core'

/** Runs before the scripts of each page: it sees what the attacker's scripts would do, and what is drawn as a picture. */
const WATCH = `
  window.watched = { stolen: [], violations: [], drawn: [] }
  window.stolen = (what) => { watched.stolen.push(String(what)) }
  for (const name of ['alert', 'confirm', 'prompt']) window[name] = (what) => watched.stolen.push(name + ' ' + what)
  window.print = () => {}
  addEventListener('securitypolicyviolation', ({ effectiveDirective, sample }) => watched.violations.push(effectiveDirective + ' ' + sample))
  const draw = CanvasRenderingContext2D.prototype.fillText
  CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
    watched.drawn.push(text)
    return draw.call(this, text, ...rest)
  }
`

/** What is wrong with a page, and all that it shows. */
export interface Inspected {
  readonly faults: readonly string[]
  /** Texts, what attributes say, and what pictures show. */
  readonly text: string
}

/** Returns the faults and the texts of the document. It runs in the page. */
const INSPECT = `(() => {
  const hidden = /[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}\\u2800]/u
  const faults = []
  const texts = []
  const show = (text) => JSON.stringify(text.slice(0, 60))
  const nodes = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT)
  const isAlone = (node) => {
    for (let at = node.parentElement; at !== null; at = at.parentElement) {
      if (at.localName === 'option' || at.localName === 'title') return true
      if (!/isolate|plaintext/.test(getComputedStyle(at).unicodeBidi)) continue
      return at.localName === 'bdi' || at.textContent.trim() === node.data.trim()
    }
    return false
  }
  for (let node = nodes.nextNode(); node !== null; node = nodes.nextNode()) {
    texts.push(node.data)
    const data = node.parentElement.closest('pre') !== null || node.data.trim() === '' ? node.data.replaceAll('\\n', '') : node.data
    if (hidden.test(data)) faults.push('hidden letters in <' + node.parentElement.localName + '>: ' + show(data))
    if (/\\u05d0/.test(data) && !isAlone(node)) faults.push('text beside which others are turned round, in <' + node.parentElement.localName + '>: ' + show(data))
  }
  for (const element of document.querySelectorAll('*')) {
    if (/^(script|iframe|object|embed|base|form|meta|link|style)$/.test(element.localName) && element.closest('main, header, .line, dialog')) {
      if (element.localName !== 'form') faults.push('an element ' + element.localName)
    }
    for (const { name, value } of element.attributes) {
      const isAddress = /^(href|src|action|formaction|xlink:href|data|poster|srcset|srcdoc|background|ping)$/.test(name)
      if (name.startsWith('on')) faults.push('an attribute ' + name)
      if (isAddress && !/^(\\/console\\/|blob:|#)/.test(value.replace(location.origin, ''))) faults.push('an address: ' + name + '=' + show(value))
      if (name === 'class' && /q\\d+q|javascript|constructor/.test(value)) faults.push('classes: ' + show(value))
      if (name === 'style' && /q\\d+q|url|javascript/.test(value)) faults.push('a style: ' + show(value))
      if (name === 'value' && element.localName === 'option') continue
      texts.push(value)
      if (hidden.test(value)) faults.push('hidden letters in ' + name + ' of <' + element.localName + '>: ' + show(value))
    }
  }
  for (const text of watched.drawn) if (hidden.test(text)) faults.push('hidden letters in a picture: ' + show(text))
  if (hidden.test(document.title)) faults.push('hidden letters in the title')
  faults.push(...watched.stolen.map((what) => 'a script of the attacker ran: ' + what))
  // The library of the network writes a style, which the policy stops: it does without.
  const stopped = watched.violations.filter((what) => what.trim() !== 'style-src-elem' || document.querySelector('.graph') === null)
  watched.violations = []
  faults.push(...stopped.map((what) => 'the policy stopped something: ' + what))
  return { faults: [...new Set(faults)], text: [...texts, ...watched.drawn].join('\\n') }
})()`

/** What a window did that no page may make it do. */
export interface Watched {
  /** Addresses that were asked, dialogs, and errors of pages. */
  readonly faults: string[]
}

/** Watches all pages of a window. @param origins whom the console may ask. */
export async function watchContext(context: BrowserContext, origins: readonly string[]): Promise<Watched> {
  const faults: string[] = []
  await context.addInitScript(WATCH)
  context.on('request', (request) => {
    const url = request.url()
    if (!url.startsWith('blob:') && !origins.includes(new URL(url).origin)) faults.push(`asked ${url}`)
  })
  context.on('page', (page) => {
    page.on('dialog', (dialog) => {
      faults.push(`a dialog: ${dialog.message()}`)
      void dialog.dismiss()
    })
    page.on('pageerror', ({ message }) => void faults.push(`an error: ${message}`))
  })
  return { faults }
}

/** Inspects what a page shows now. */
export async function inspectPage(page: Page): Promise<Inspected> {
  return (await page.evaluate(INSPECT)) as Inspected
}
