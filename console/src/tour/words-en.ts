import type { Widened } from '../words/widened.ts'
import type { TOUR_ES } from './words-es.ts'

/** The words of the tour in English. */
export const TOUR_EN: Widened<typeof TOUR_ES> = {
  label: 'Guided tour',
  step: (step, all) => `Step ${step} of ${all}`,
  go: 'Go there',
  type: 'Type:',
  back: 'Back',
  next: 'Next',
  end: 'End the tour',
  steps: {
    line: {
      title: 'One question, several countries',
      text: 'Here you ask once, and each country answers with its own records. The line at the bottom says who answered, who did not and why. Look at it in each step.',
    },
    name: {
      title: 'A misspelt name',
      text: 'A witness said a name, and nobody knows how it is spelt. Go to Search, write it as it was heard and press «Search». The column «Match» says how sure each row is.',
    },
    dossier: {
      title: 'Three records, one person',
      text: 'Guatemala, Honduras and El Salvador each have a record of Erick Ramírez Guzmán. The dossier puts them together, and says which country holds them to be the same person. «hidden» means that a rule does not let you see something; it does not mean that there is nothing.',
    },
    network: {
      title: 'The route from the Gulf of Fonseca',
      text: 'These are the persons and cases around him. Each node can be expanded and dragged. The table below says the same to whoever does not see the picture.',
    },
    cases: {
      title: 'Cases to the end',
      text: 'Tick «Only organised crime», set a year and press «Show cases». If one country takes long, you can read the rows of the others already.',
    },
    counts: {
      title: 'To count without pointing at anybody',
      text: 'Count the cases by year. A cell «withheld» hides a small number, so that nobody recognises a person: it is not zero.',
    },
    law: {
      title: 'Which treaty helps?',
      text: 'Choose Guatemala and El Salvador, and write the class 060121 (drug trafficking). You will see which treaty binds both, and whether the conduct is an offence in both.',
    },
    kidnapping: {
      title: 'The kidnapping of Danlí',
      text: 'Another story: a rancher disappears in Honduras and is found in Guatemala. In the dossier of Jorge Alberto Funes Castillo, open a case and follow its linked cases into the other country.',
    },
    end: {
      title: 'Now you',
      text: 'Change the purpose above, or stop a country with «npm run demo:stop -- HN», and see how the line changes. Nothing that you do here reaches anybody, and each record says whether it is made up.',
    },
  },
}
