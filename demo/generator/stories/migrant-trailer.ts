import type { Story } from './story.ts'

/** Migrants leave Honduras with a smuggler, and some of them die in a trailer in Guatemala. */
export const MIGRANT_TRAILER: Story = {
  title: 'The trailer of San Marcos',
  persons: [
    {
      key: 'santos',
      home: 'GT',
      sex: 'M',
      given: ['Santos', 'Rigoberto'],
      surnames: ['Velásquez', 'Sic'],
      birthDate: '1972-03-19',
      ordinals: { GT: 11, HN: 4 },
      nickname: 'El Tuerto',
    },
    {
      key: 'reina',
      home: 'HN',
      sex: 'F',
      given: ['Reina', 'Isabel'],
      surnames: ['Murillo', 'Padilla'],
      birthDate: '1984-07-02',
      ordinals: { HN: 6, SV: 10 },
    },
  ],
  cases: [
    {
      key: 'salida',
      country: 'HN',
      town: 'Comayagua',
      filedOn: '2022-07-12',
      committed: ['2022-05-01', '2022-06-28'],
      category: 'PROSECUTION',
      status: 'CHARGED',
      conducts: ['MIGRANT_SMUGGLING', 'FRAUD'],
      narrative:
        'Veintitrés personas pagaron entre 6,000 y 8,000 dólares por un «viaje seguro». Los familiares perdieron contacto el 28 de junio; nueve de las personas iban en el furgón hallado en San Marcos ({furgon}).',
      parts: [
        { person: 'reina', role: 'ACCUSED' },
        { person: 'santos', role: 'ACCUSED', warrant: { issuedOn: '2022-08-01', extradition: true } },
      ],
      links: ['furgon', 'papeles'],
    },
    {
      key: 'furgon',
      country: 'GT',
      town: 'San Marcos',
      filedOn: '2022-06-30',
      committed: ['2022-06-27', '2022-06-29'],
      category: 'COURT',
      status: 'IN_TRIAL',
      conducts: ['MIGRANT_SMUGGLING', 'NEGLIGENT_HOMICIDE'],
      narrative:
        'Un furgón abandonado sin ventilación contenía a 41 personas, dos de ellas sin vida. El piloto huyó a pie. Los sobrevivientes describieron la casa de Comayagua de la que partieron ({salida}) y los documentos que les entregaron en Santa Ana ({papeles}).',
      parts: [{ person: 'santos', role: 'ACCUSED' }],
      links: ['salida', 'papeles'],
    },
    {
      key: 'papeles',
      country: 'SV',
      town: 'Santa Ana',
      filedOn: '2022-08-16',
      committed: ['2022-03-01', '2022-08-12'],
      category: 'INVESTIGATION',
      status: 'OPEN',
      conducts: ['FORGERY', 'MIGRANT_SMUGGLING'],
      narrative:
        'Una imprenta produjo documentos de tránsito falsos con el sello de la frontera de San Cristóbal. Tres de ellos estaban en el furgón del caso {furgon}.',
      parts: [{ person: 'reina', role: 'SUSPECT', as: 'SV' }],
      links: ['furgon'],
    },
  ],
  requests: [
    {
      case: 'furgon',
      requested: 'HN',
      madeOn: '2022-08-24',
      measures: ['TAKE_EVIDENCE', 'SERVE_DOCUMENT'],
      urgency: 'IMMINENT_DANGER',
      status: 'EXECUTED',
      concerns: ['salida'],
    },
    {
      case: 'salida',
      requested: 'SV',
      madeOn: '2022-09-19',
      measures: ['OTHER'],
      urgency: 'ROUTINE',
      status: 'GRANTED',
      concerns: ['papeles'],
    },
  ],
}
