import type { Story } from './story.ts'

/** One pistol kills bus workers on both sides of the border between Guatemala and El Salvador; owners who do not pay are threatened. */
export const BUS_KILLINGS: Story = {
  title: 'The killings on the road between Ahuachapán and Jutiapa',
  persons: [
    {
      key: 'marvin',
      home: 'SV',
      sex: 'M',
      given: ['Marvin', 'Alexander'],
      surnames: ['Guardado', 'Landaverde'],
      birthDate: '1994-06-09',
      ordinals: { SV: 6, GT: 9 },
      nickname: 'El Tecolote',
      group: { name: 'La Recua', role: 'cobrador', since: '2018-09-01' },
    },
    {
      key: 'elmer',
      home: 'GT',
      sex: 'M',
      given: ['Elmer'],
      surnames: ['Lemus', 'de la Cruz'],
      birthDate: '1990-10-25',
      ordinals: { GT: 10 },
    },
  ],
  cases: [
    {
      key: 'piloto',
      country: 'SV',
      town: 'Ahuachapán',
      filedOn: '2020-11-12',
      closedOn: '2023-08-30',
      committed: ['2020-11-11', '2020-11-11'],
      category: 'COURT',
      status: 'ADJUDICATED',
      conducts: ['MURDER'],
      narrative:
        'Un motorista de la ruta fronteriza fue asesinado en la terminal. Los proyectiles de 9 mm son de la misma arma que los del caso {valle} de Guatemala. El cobrador de la ruta había recibido dos llamadas en las que se exigía una cuota.',
      parts: [{ person: 'marvin', role: 'CONVICTED' }],
      links: ['valle', 'despachador'],
    },
    {
      key: 'valle',
      country: 'GT',
      town: 'Jutiapa',
      filedOn: '2021-01-25',
      committed: ['2020-12-01', '2021-01-24'],
      category: 'INVESTIGATION',
      status: 'OPEN',
      conducts: ['MURDER', 'EXTORTION'],
      narrative:
        'El propietario de dos autobuses dejó de pagar la cuota y fue atacado cuando salía de su casa. El peritaje de comparación balística relaciona el hecho con la muerte del motorista de Ahuachapán ({piloto}).',
      parts: [
        { person: 'marvin', role: 'SUSPECT', warrant: { issuedOn: '2021-03-15', extradition: true } },
        { person: 'elmer', role: 'SUSPECT' },
      ],
      links: ['piloto'],
    },
    {
      key: 'despachador',
      country: 'SV',
      town: 'Sonsonate',
      filedOn: '2021-02-19',
      committed: ['2021-02-17', '2021-02-17'],
      category: 'PROSECUTION',
      status: 'CHARGED',
      conducts: ['MURDER', 'CRIMINAL_GROUP'],
      narrative:
        'Tercera muerte de la serie: un despachador que había declarado ante la Policía Nacional Civil. Un testigo reconoció la motocicleta con placas guatemaltecas que aparece en el video del caso {valle}.',
      parts: [
        { person: 'marvin', role: 'ACCUSED' },
        { person: 'elmer', role: 'ACCUSED' },
      ],
      links: ['piloto', 'valle'],
    },
  ],
  requests: [
    {
      case: 'valle',
      requested: 'SV',
      madeOn: '2021-04-06',
      measures: ['TAKE_EVIDENCE'],
      urgency: 'URGENT',
      status: 'EXECUTED',
      concerns: ['piloto', 'despachador'],
    },
    {
      case: 'despachador',
      requested: 'GT',
      madeOn: '2021-05-10',
      measures: ['SEARCH_SEIZE'],
      urgency: 'URGENT',
      status: 'PARTLY_EXECUTED',
      concerns: ['valle'],
    },
  ],
}
