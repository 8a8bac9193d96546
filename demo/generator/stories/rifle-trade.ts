import type { Story } from './story.ts'

/** Rifles that were reported as stolen in Guatemala turn up in killings in Honduras. */
export const RIFLE_TRADE: Story = {
  title: 'The rifles of Quetzaltenango',
  persons: [
    {
      key: 'hector',
      home: 'GT',
      sex: 'M',
      given: ['Héctor', 'Hugo'],
      surnames: ['Tzul', 'Cifuentes'],
      birthDate: '1970-02-26',
      ordinals: { GT: 12, HN: 7 },
    },
    {
      key: 'nelson',
      home: 'HN',
      sex: 'M',
      given: ['Nelson', 'Geovany'],
      surnames: ['Amaya', 'de Jesús'],
      birthDate: '1988-11-14',
      ordinals: { HN: 8 },
      nickname: 'El Seco',
    },
  ],
  cases: [
    {
      key: 'armeria',
      country: 'GT',
      town: 'Quetzaltenango',
      filedOn: '2019-10-21',
      closedOn: '2022-03-04',
      committed: ['2019-01-01', '2019-10-15'],
      category: 'APPEAL',
      status: 'ADJUDICATED',
      conducts: ['ARMS_TRAFFICKING', 'FORGERY'],
      narrative:
        'Una armería declaró el robo de 34 fusiles que en realidad vendió con tarjetas de tenencia falsificadas. Seis números de serie corresponden a armas halladas en La Ceiba ({casquillos}).',
      parts: [{ person: 'hector', role: 'CONVICTED' }],
      links: ['casquillos'],
    },
    {
      key: 'casquillos',
      country: 'HN',
      town: 'La Ceiba',
      filedOn: '2020-09-03',
      committed: ['2020-08-15', '2020-09-01'],
      category: 'INVESTIGATION',
      status: 'OPEN',
      conducts: ['HOMICIDE', 'FIREARM_POSSESSION'],
      narrative:
        'Tras un enfrentamiento se recogieron 71 casquillos y un fusil con el número limado. El laboratorio recuperó la serie: figura en la denuncia de robo de una armería de Quetzaltenango ({armeria}).',
      parts: [
        { person: 'nelson', role: 'SUSPECT' },
        { person: 'hector', role: 'SUBJECT' },
      ],
      links: ['armeria'],
    },
  ],
  requests: [
    {
      case: 'casquillos',
      requested: 'GT',
      madeOn: '2020-11-10',
      measures: ['TAKE_EVIDENCE'],
      urgency: 'ROUTINE',
      status: 'EXECUTED',
      concerns: ['armeria'],
    },
    {
      case: 'armeria',
      requested: 'HN',
      madeOn: '2020-12-04',
      measures: ['OTHER'],
      urgency: 'ROUTINE',
      status: 'GRANTED',
      concerns: ['casquillos'],
    },
  ],
}
