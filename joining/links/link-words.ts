import type { Language } from '../../contract/language.ts'

/** What `istmo link` says, in each language. */
export interface LinkWords {
  readonly chosen: (counts: ChosenCounts) => string
  readonly unknownIds: (ids: readonly string[]) => string
  readonly tooWide: (ids: readonly string[]) => string
  readonly plan: (counts: { readonly questions: number; readonly atMost: number }) => string
  readonly progress: (done: number, all: number) => string
  readonly done: (counts: {
    readonly questions: number
    readonly persons: number
    readonly candidates: number
  }) => string
  readonly left: (count: number) => string
  readonly silent: (country: string, why: string) => string
  readonly stopped: (message: string, codes: readonly string[]) => string
  readonly next: (file: string) => string
  readonly imported: (
    type: string,
    counts: { readonly created: number; readonly deleted: number; readonly same: number },
  ) => string
  readonly leftOut: (counts: { readonly undecided: number; readonly denied: number }) => string
  readonly nothing: string
  readonly noted: (index: number) => string
}

/** The persons that a filter has found. */
export interface ChosenCounts {
  readonly persons: number
  readonly before: number
  readonly protected: number
  readonly unshared: number
}

const ENGLISH: LinkWords = {
  chosen: ({ persons, before, protected: hidden, unshared }) =>
    `${persons} persons may be asked about; ${before} of them were before. It leaves out ${hidden} victims, witnesses or minors, and ${unshared} who are shared with nobody.`,
  unknownIds: (ids) => `These ids are of no person here: ${ids.join(', ')}`,
  tooWide: (ids) => `Without an identifier, and without a birth date, nobody can be asked about: ${ids.join(', ')}`,
  plan: ({ questions, atMost }) => `${questions} questions to ask; at most ${atMost} now.`,
  progress: (done, all) => `${done} of ${all} questions`,
  done: ({ questions, persons, candidates }) =>
    `Asked ${questions} questions about ${persons} persons: ${candidates} candidates.`,
  left: (count) => `${count} persons are left. Run the command again to ask about them.`,
  silent: (country, why) => `${country} did not answer (${why}). Run the command again to ask it.`,
  stopped: (message, codes) => `The gateway did not answer a question (${codes.join(', ') || 'no code'}): ${message}`,
  next: (file) =>
    `Now a person decides: ask the contact point for the id, and write it into ${file} with confirmed, confirmedBy and confirmedOn. Then run istmo link import ${file}`,
  imported: (type, { created, deleted, same }) =>
    `${type}: ${created} links made, ${deleted} removed, ${same} were so already.`,
  leftOut: ({ undecided, denied }) =>
    `${undecided} rows are not decided yet; ${denied} were denied without a link to remove.`,
  nothing: 'Nobody has decided a row of this file, so nothing was imported.',
  noted: (index) => `Your audit log has it as entry ${index}.`,
}

const SPANISH: LinkWords = {
  chosen: ({ persons, before, protected: hidden, unshared }) =>
    `Se puede preguntar por ${persons} personas; por ${before} de ellas ya se preguntó. Quedan fuera: ${hidden} víctimas, testigos o menores, y ${unshared} que no se comparten con nadie.`,
  unknownIds: (ids) => `Estos identificadores no son de ninguna persona de aquí: ${ids.join(', ')}`,
  tooWide: (ids) => `Sin documento y sin fecha de nacimiento no se puede preguntar por nadie: ${ids.join(', ')}`,
  plan: ({ questions, atMost }) => `${questions} preguntas por hacer; como máximo ${atMost} ahora.`,
  progress: (done, all) => `${done} de ${all} preguntas`,
  done: ({ questions, persons, candidates }) =>
    `Se hicieron ${questions} preguntas por ${persons} personas: ${candidates} candidatos.`,
  left: (count) => `Quedan ${count} personas. Ejecute la orden otra vez para preguntar por ellas.`,
  silent: (country, why) => `${country} no respondió (${why}). Ejecute la orden otra vez para preguntarle.`,
  stopped: (message, codes) =>
    `La pasarela no respondió a una pregunta (${codes.join(', ') || 'sin código'}): ${message}`,
  next: (file) =>
    `Ahora decide una persona: pida el identificador al punto de contacto y escríbalo en ${file} con confirmed, confirmedBy y confirmedOn. Después: istmo link import ${file}`,
  imported: (type, { created, deleted, same }) =>
    `${type}: ${created} vínculos creados, ${deleted} quitados, ${same} ya estaban así.`,
  leftOut: ({ undecided, denied }) =>
    `${undecided} filas están sin decidir; ${denied} se negaron sin vínculo que quitar.`,
  nothing: 'Nadie ha decidido una fila de este archivo, así que no se importó nada.',
  noted: (index) => `Su registro de auditoría lo tiene como asiento ${index}.`,
}

/** The words by language. */
export const LINK_WORDS: Readonly<Record<Language, LinkWords>> = { en: ENGLISH, es: SPANISH }
