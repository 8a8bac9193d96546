import { checkFiles } from './check-files.ts'

/** The offline page: it reads the files that are dropped onto it or chosen, and shows what they prove. It asks no network. */

const TEXTS = {
  es: {
    title: 'Comprobar una prueba del registro de auditoría',
    intro:
      'Suelte aquí la política de confianza y los archivos de prueba (.tlog-proof) o una exportación (.jsonl). Nada sale de este navegador: la página funciona sin red.',
    policy:
      'Obtenga la política de confianza de alguien en quien confíe, y no de quien le dio la prueba. Todo lo demás depende de ella.',
    drop: 'Suelte los archivos aquí o elíjalos:',
    clear: 'Quitar los archivos',
    noPolicy: 'Falta la política de confianza: sin ella no se puede comprobar nada.',
    noProof: 'Falta un archivo de prueba.',
    HOLDS: 'COMPROBADO: este asiento está en el registro.',
    overall: {
      HOLDS: 'COMPROBADO: todo lo que hay en estos archivos es válido y no falta nada de lo que declaran.',
      UNWITNESSED: 'INCOMPLETO: lo que hay es válido, pero faltan testigos.',
      UNTOLD: 'NO SE PUEDE SABER: lo que hay es válido, pero nadie puede saber por estos archivos si falta algo.',
      UNREAD: 'NO SE PUEDE SABER: hay archivos que no se pudieron leer.',
      FAILS: 'NO SE SOSTIENE: hay algo falso, alterado o que falta.',
    },
    total: (all, held) => `Pruebas: ${all}. Válidas: ${held}. No válidas: ${all - held}.`,
    list: ({ name, entries, statement }) => {
      if (statement === undefined) return `${name}: ${entries} asientos.`
      const { origin, country, first, last } = statement
      const range = country === null ? 'para quien puede ver todo' : `para ${country}, partes ${first} a ${last}`
      return `${name}: ${entries} asientos de ${origin}, ${range}.`
    },
    counted: ({ counted, countedAt }) => `La pasarela contó ${counted} partes a las ${countedAt}.`,
    withheld: ({ withheld }) => `${withheld} asientos de la versión 1 no están, porque hablan también de otros países.`,
    doubt: {
      NO_END: 'El archivo no termina con la línea que dice qué contiene: pueden haberle cortado el final.',
      ALL_COUNTRIES:
        'Es una exportación de todos los países. No declara cuántos asientos hay, así que nadie puede ver en ella si quitaron alguno. Compárela con el registro (istmo audit verify).',
      EXTRACT: 'Es un extracto: nadie puede ver en él si faltan asientos.',
      NO_COUNTS: 'El registro no dice cuántas partes contó: nadie puede ver si falta algo al final.',
    },
    limits:
      'Lo que estos archivos no pueden decir: una prueba muestra que su asiento está en el registro, y no que no haya otros. Qué respondió cada país está en asientos propios, uno por país.',
    more: (left) => `Mostrar más (quedan ${left})`,
    UNWITNESSED: 'INCOMPLETO: el asiento está en el registro, pero faltan testigos.',
    FAILS: 'NO SE SOSTIENE: esta prueba no es válida.',
    place: ({ origin, index, size }) => `Asiento ${index} de ${origin}, en un árbol de tamaño ${size}.`,
    witness: 'Testigo',
    unread: 'No se pudo leer',
  },
  en: {
    title: 'Check a proof of the audit log',
    intro:
      'Drop the trust policy and the proof files (.tlog-proof) or an export (.jsonl) here. Nothing leaves this browser: the page works without a network.',
    policy:
      'Get the trust policy from somebody you trust, and not from whoever gave you the proof. Everything else depends on it.',
    drop: 'Drop the files here, or choose them:',
    clear: 'Remove the files',
    noPolicy: 'The trust policy is missing: without it, nothing can be checked.',
    noProof: 'A proof file is missing.',
    HOLDS: 'VERIFIED: this entry is in the log.',
    overall: {
      HOLDS: 'VERIFIED: all that is in these files is valid, and nothing is missing that they state.',
      UNWITNESSED: 'INCOMPLETE: what is there is valid, but witnesses are missing.',
      UNTOLD: 'COULD NOT TELL: what is there is valid, but nobody can see in these files whether something is missing.',
      UNREAD: 'COULD NOT TELL: some files could not be read.',
      FAILS: 'DOES NOT HOLD: something is false, altered or missing.',
    },
    total: (all, held) => `Proofs: ${all}. Valid: ${held}. Not valid: ${all - held}.`,
    list: ({ name, entries, statement }) => {
      if (statement === undefined) return `${name}: ${entries} entries.`
      const { origin, country, first, last } = statement
      const range = country === null ? 'for somebody who may see all' : `for ${country}, parts ${first} to ${last}`
      return `${name}: ${entries} entries of ${origin}, ${range}.`
    },
    counted: ({ counted, countedAt }) => `The gateway had counted ${counted} parts at ${countedAt}.`,
    withheld: ({ withheld }) =>
      `${withheld} entries of version 1 are not in it, because they tell of other countries too.`,
    doubt: {
      NO_END: 'The file does not end with the line that says what it contains: its end may have been cut off.',
      ALL_COUNTRIES:
        'It is an export for all countries. It does not state how many entries there are, so nobody can see in it whether one was taken out. Compare it with the log (istmo audit verify).',
      EXTRACT: 'It is an extract: nobody can see in it whether entries are missing.',
      NO_COUNTS:
        'The log does not say how many parts it counted: nobody can see whether something is missing at the end.',
    },
    limits:
      'What these files cannot tell: a proof shows that its entry is in the log, and not that there are no others. What each country answered stands in entries of its own, one a country.',
    more: (left) => `Show more (${left} left)`,
    UNWITNESSED: 'INCOMPLETE: the entry is in the log, but witnesses are missing.',
    FAILS: 'DOES NOT HOLD: this proof is not valid.',
    place: ({ origin, index, size }) => `Entry ${index} of ${origin}, in a tree of size ${size}.`,
    witness: 'Witness',
    unread: 'Could not be read',
  },
}

/** The largest file, in bytes. */
const MAX_BYTES = 200 * 1024 * 1024

/** How many proofs are shown at once, and up to how many are open from the beginning. */
const PAGE = 25
const OPEN = 2

let language = navigator.language.startsWith('en') ? 'en' : 'es'
let files = []

function element(name, text, className) {
  const created = document.createElement(name)
  created.textContent = text
  if (className !== undefined) created.className = className
  return created
}

function tableOf(rows) {
  const table = document.createElement('table')
  for (const [label, text] of rows) {
    const row = table.insertRow()
    const head = element('th', label)
    head.scope = 'row'
    row.append(head, element('td', text))
  }
  return table
}

/** Shows a proof, folded unless somebody opens it: what an entry says takes a screen. */
function showProof(proof, texts, isOpen) {
  const section = element('details', '', 'proof')
  section.dataset.verdict = proof.verdict
  const summary = element('summary', '')
  summary.append(element('h2', proof.name), element('span', texts[proof.verdict], 'verdict'))
  section.append(summary)
  section.addEventListener('toggle', () => {
    if (section.childElementCount === 1) fillProof(section, proof, texts)
  })
  section.open = isOpen
  if (isOpen) fillProof(section, proof, texts)
  return section
}

function fillProof(section, proof, texts) {
  if (proof.place !== undefined) section.append(element('p', texts.place(proof.place)))
  for (const finding of proof.findings) section.append(element('p', finding))
  if (proof.words !== undefined) {
    const witnesses = proof.witnesses.map(({ name, time }) => [`${texts.witness} ${name}`, time])
    section.append(element('p', proof.words.title))
    section.append(tableOf([...witnesses, ...proof.words.lines.map(({ label, text }) => [label, text])]))
  }
}

function showList(list, texts) {
  const section = element('section', '', 'list')
  section.append(element('p', texts.list(list)))
  if (list.countedAt !== null) section.append(element('p', texts.counted(list)))
  if ((list.statement?.withheld ?? 0) > 0) section.append(element('p', texts.withheld(list.statement)))
  for (const finding of list.findings.slice(0, PAGE)) section.append(element('p', finding, 'verdict'))
  if (list.doubt !== null) section.append(element('p', texts.doubt[list.doubt], 'verdict'))
  return section
}

/** Shows the proofs a page at a time, those that are not valid first. */
function showProofs(result, proofs, texts) {
  const sorted = [...proofs].sort((one, other) => rankOf(one) - rankOf(other))
  let shown = 0
  const more = element('button', '', 'more')
  more.type = 'button'
  const showNext = () => {
    for (const proof of sorted.slice(shown, shown + PAGE)) more.before(showProof(proof, texts, proofs.length <= OPEN))
    shown += PAGE
    if (shown >= sorted.length) more.remove()
    else more.textContent = texts.more(sorted.length - shown)
  }
  more.addEventListener('click', showNext)
  result.append(more)
  showNext()
}

function rankOf({ verdict }) {
  return ['FAILS', 'UNWITNESSED', 'HOLDS'].indexOf(verdict)
}

function show() {
  const texts = TEXTS[language]
  document.documentElement.lang = language
  for (const place of document.querySelectorAll('[data-text]')) place.textContent = texts[place.dataset.text]
  const result = document.getElementById('result')
  result.replaceChildren()
  if (files.length === 0) return
  const { hasPolicy, verdict, proofs, lists, between, unread } = checkFiles(files, language)
  if (!hasPolicy) result.append(element('p', texts.noPolicy, 'verdict'))
  else if (verdict === null) result.append(element('p', texts.noProof, 'verdict'))
  else {
    const overall = element('p', texts.overall[verdict], 'verdict overall')
    overall.dataset.verdict = verdict
    const held = proofs.filter(({ verdict: each }) => each !== 'FAILS').length
    result.append(overall, element('p', texts.total(proofs.length, held)))
    for (const finding of between) result.append(element('p', finding, 'verdict'))
    for (const list of lists) result.append(showList(list, texts))
    result.append(element('p', texts.limits))
  }
  for (const reason of unread) result.append(element('p', `${texts.unread}: ${reason}`))
  if (proofs.length > 0) showProofs(result, proofs, texts)
}

async function add(list) {
  for (const file of list) {
    if (file.size > MAX_BYTES) continue
    const text = await file.text()
    files = [...files.filter(({ name }) => name !== file.name), { name: file.name, text }]
  }
  show()
}

for (const button of document.querySelectorAll('[data-language]')) {
  button.addEventListener('click', () => {
    language = button.dataset.language
    show()
  })
}
const drop = document.getElementById('drop')
for (const name of ['dragover', 'dragenter']) {
  document.addEventListener(name, (event) => {
    event.preventDefault()
    drop.classList.add('over')
  })
}
document.addEventListener('dragleave', () => drop.classList.remove('over'))
document.addEventListener('drop', (event) => {
  event.preventDefault()
  drop.classList.remove('over')
  void add(event.dataTransfer.files)
})
document.getElementById('files').addEventListener('change', (event) => void add(event.target.files))
document.getElementById('clear').addEventListener('click', () => {
  files = []
  document.getElementById('files').value = ''
  show()
})
show()
