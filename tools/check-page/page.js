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
    UNWITNESSED: 'INCOMPLETE: the entry is in the log, but witnesses are missing.',
    FAILS: 'DOES NOT HOLD: this proof is not valid.',
    place: ({ origin, index, size }) => `Entry ${index} of ${origin}, in a tree of size ${size}.`,
    witness: 'Witness',
    unread: 'Could not be read',
  },
}

/** The largest file, in bytes. */
const MAX_BYTES = 200 * 1024 * 1024

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

function showProof(proof, texts) {
  const section = element('section', '', 'proof')
  section.dataset.verdict = proof.verdict
  section.append(element('h2', proof.name), element('p', texts[proof.verdict], 'verdict'))
  if (proof.place !== undefined) section.append(element('p', texts.place(proof.place)))
  for (const finding of proof.findings) section.append(element('p', finding))
  if (proof.words !== undefined) {
    const witnesses = proof.witnesses.map(({ name, time }) => [`${texts.witness} ${name}`, time])
    section.append(element('p', proof.words.title))
    section.append(tableOf([...witnesses, ...proof.words.lines.map(({ label, text }) => [label, text])]))
  }
  return section
}

function show() {
  const texts = TEXTS[language]
  document.documentElement.lang = language
  for (const place of document.querySelectorAll('[data-text]')) place.textContent = texts[place.dataset.text]
  const result = document.getElementById('result')
  result.replaceChildren()
  if (files.length === 0) return
  const { hasPolicy, proofs, unread } = checkFiles(files, language)
  if (!hasPolicy) result.append(element('p', texts.noPolicy, 'verdict'))
  else if (proofs.length === 0) result.append(element('p', texts.noProof, 'verdict'))
  for (const proof of proofs) result.append(showProof(proof, texts))
  for (const reason of unread) result.append(element('p', `${texts.unread}: ${reason}`))
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
