import type { Story } from './story.ts'

/** A false employment agency recruits women in Honduras, brings them through Guatemala and exploits them in El Salvador. */
export const TRAFFICKING_AGENCY: Story = {
  title: 'The agency that promised work',
  persons: [
    {
      key: 'glenda',
      home: 'HN',
      sex: 'F',
      given: ['Glenda', 'Suyapa'],
      surnames: ['Banegas', 'Mejía'],
      birthDate: '1986-04-21',
      ordinals: { HN: 2, GT: 5 },
      group: { name: 'Los del Estero', role: 'enlace', since: '2021-06-01' },
    },
    {
      key: 'mario',
      home: 'GT',
      sex: 'M',
      given: ['Mario', 'René'],
      surnames: ['Monzón', 'del Cid'],
      birthDate: '1977-09-12',
      ordinals: { GT: 6, SV: 9 },
    },
    {
      key: 'norma',
      home: 'SV',
      sex: 'F',
      given: ['Norma', 'Beatriz'],
      surnames: ['Alvarenga', 'de Paz'],
      birthDate: '1980-01-30',
      ordinals: { SV: 2 },
      nickname: 'La Doña',
    },
  ],
  cases: [
    {
      key: 'captacion',
      country: 'HN',
      town: 'San Pedro Sula',
      filedOn: '2023-03-14',
      committed: ['2022-08-01', '2023-03-02'],
      category: 'PROSECUTION',
      status: 'CHARGED',
      conducts: ['TRAFFICKING_SEXUAL'],
      narrative:
        'Cuatro familias denunciaron que sus hijas viajaron con una «agencia de empleo» que ofrecía trabajo de mesera y pagaba el pasaje. Los anuncios, el teléfono y los recibos llevan el mismo nombre que los hallados en Chiquimula ({transito}). Dos de las jóvenes fueron rescatadas en San Miguel ({explotacion}).',
      parts: [{ person: 'glenda', role: 'ACCUSED' }],
      links: ['transito', 'explotacion'],
    },
    {
      key: 'transito',
      country: 'GT',
      town: 'Chiquimula',
      filedOn: '2023-06-21',
      committed: ['2022-09-01', '2023-06-20'],
      category: 'INVESTIGATION',
      status: 'OPEN',
      conducts: ['TRAFFICKING_SEXUAL', 'MIGRANT_SMUGGLING'],
      narrative:
        'En una pensión cerca de la frontera se hallaron pasaportes retenidos, una libreta de deudas y fotografías. El dueño cobraba por alojar a las mujeres dos noches antes de cruzar a El Salvador. La libreta menciona los viajes del caso {captacion}.',
      parts: [
        { person: 'mario', role: 'SUSPECT' },
        { person: 'glenda', role: 'SUSPECT', warrant: { issuedOn: '2023-07-10', extradition: true } },
      ],
      links: ['captacion', 'explotacion'],
    },
    {
      key: 'explotacion',
      country: 'SV',
      town: 'San Miguel',
      filedOn: '2023-09-08',
      committed: ['2022-10-01', '2023-09-06'],
      category: 'COURT',
      status: 'IN_TRIAL',
      conducts: ['TRAFFICKING_SEXUAL', 'CRIMINAL_GROUP'],
      narrative:
        'Registro de un bar en el que se rescató a seis mujeres hondureñas; declararon que debían pagar el viaje con su trabajo y que les quitaron los documentos en Chiquimula. La administradora entregaba el dinero cada domingo a un hombre de Guatemala ({transito}).',
      parts: [
        { person: 'norma', role: 'ACCUSED' },
        { person: 'mario', role: 'ACCUSED', as: 'SV' },
      ],
      links: ['captacion', 'transito'],
    },
  ],
  requests: [
    {
      case: 'captacion',
      requested: 'SV',
      madeOn: '2023-10-02',
      measures: ['TAKE_EVIDENCE'],
      urgency: 'URGENT',
      status: 'EXECUTED',
      concerns: ['explotacion'],
    },
    {
      case: 'explotacion',
      requested: 'GT',
      madeOn: '2023-10-20',
      measures: ['OTHER'],
      urgency: 'URGENT',
      status: 'GRANTED',
      concerns: ['transito'],
    },
  ],
}
