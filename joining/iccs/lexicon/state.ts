import type { Lexicon } from './lexicon.ts'

/** Sections 07 and 08: fraud, corruption, public order, the State and its justice. */
export const STATE: Lexicon = {
  '07': 'delitos económicos; fraude y corrupción; delitos de fraude; delitos económicos y funcionarios; delitos contra la fe pública y patrimonio',
  '0701':
    'estafa; fraude; defraudación; estafas y otras defraudaciones; otras estafas; estafa calificada; fraudes; estafa agravada; engaño; fraud; ' +
    'estafas y otras defraudaciones contra particulares; timo; estafa residual; otras defraudaciones; estafas y otros engaños',
  '07011':
    'fraude financiero; delitos financieros; fraude bancario; fraude con cheques; giro de cheques sin fondos; estafa con tarjetas; uso de tarjetas; estafas bancarias; fraude con medios de pago; estafa piramidal',
  '070111':
    'fraude al fisco; fraude al estado; fraude a la administración pública; fraude a subvención; obtención indebida de beneficios del estado; defraudación al estado; fraude de subsidios; ~defraudación tributaria; ' +
    'obtención fraudulenta de prestaciones; defraudación al fisco; fraude contra la hacienda pública; fraude a seguridad social; perjuicio al fisco; obtención fraudulenta de beneficios estatales',
  '070112':
    'estafas y otras defraudaciones contra particulares; estafa contra particulares; giro doloso de cheques; cheque sin fondos; giro fraudulento de cheques; uso fraudulento de tarjetas de crédito o débito; uso malicioso de tarjetas de crédito; tarjetas de crédito; ' +
    'estafa mediante cheque; libramiento indebido; fraude de seguros; estafa inmobiliaria; estafa; cheques; insolvencia punible; quiebra fraudulenta; alzamiento de bienes; depositario alzado; estelionato; celebración de contrato simulado; contrato simulado; ' +
    'obtención maliciosa de crédito; fraude de inversiones; phishing; estafa telefónica; fraude con tarjeta; operaciones fraudulentas con tarjeta; fraude informático; captación ilegal de dinero; pago con cheque; ley de cuentas corrientes y cheques; administración fraudulenta; administración desleal; uso fraudulento de medios de pago; apropiación de herencia; defraudaciones; quiebra; delitos concursales; fraude a acreedores',
  '07019':
    'apropiación indebida; apropiación y retención indebida; abuso de confianza; usurpación de nombre; suplantación de identidad; usurpación de identidad; robo de identidad; ejercicio ilegal de la profesión; ' +
    'ejercicio ilegal de medicina; abuso de firma en blanco; ejercicio indebido de profesión; usurpación de profesión; retención indebida; identity theft; usurpación de estado civil; usurpación de calidad; usurpación de funciones; fraude procesal; ' +
    'fraudes diversos; publicidad engañosa; fraude en la entrega; peso falso; fraude con medidas; hurto de hallazgo; impersonación; otras estafas; estafa; retención indebida de cosas; usurpación de título; ejercicio ilegal de abogado; intrusismo; falsa identidad; ocultación de identidad; falsa calidad; estafas y otras defraudaciones',
  '0702':
    'falsificación; falsedad; delitos contra la fe pública; falsificaciones; forgery; falsificación y uso; fe pública; alteración de sellos; falsificación de sellos; delitos de falsedad',
  '07021':
    'falsificación de medios de pago; falsificación de moneda; falsificación de billetes; circulación de moneda falsa; billetes falsos; counterfeit money; moneda falsa; falsificación de tarjetas',
  '070211':
    'falsificación de moneda; falsificación de billetes; billetes falsos; circulación de billetes falsos; moneda falsa; puesta en circulación de moneda falsa; expendio de moneda falsa; falsificación de dinero; uso de billete falso; counterfeiting currency; falsificación de monedas y billetes',
  '070212':
    'clonación de tarjetas; falsificación de tarjetas; falsificación de cheques; cheque falso; clonación de tarjetas de crédito; falsificación de tarjetas de crédito o débito; ~uso fraudulento de tarjetas; falsificación de documentos de crédito; falsificación de acciones; skimming; falsificación de títulos de crédito',
  '07022':
    'productos falsificados; venta de productos falsificados; comercio de productos falsificados; falsificación de productos; falsificación de marcas; falsificación de medicamentos; counterfeit goods; uso de marca ajena; falsificación de marca; mercadería falsificada; comercio clandestino; venta de especies falsificadas',
  '07023':
    'falsificación de documento; falsificación de instrumento público; falsificación de instrumento privado; falsificación o uso malicioso de documentos privados; uso malicioso de instrumento público; uso malicioso de instrumento privado; uso de documento falso; ' +
    'falsedad ideológica; falsedad material; falsedad documental; falsificación de licencias; falsificación de pasaporte; falsificación de permisos de circulación; falsificación de certificados; certificado falso; documento falso; falsificación de recetas médicas; ' +
    'uso de placa falsa; placa patente falsa; falsificación de permiso; forged document; falsificación de firma; falsa declaración en documento; falsificación de partes y oficios; obtención fraudulenta de documento; falsificación de cédula; falsificación de identificación; uso de pasaporte falso; patente falsa o de otro vehículo; placa patente de otro vehículo; ocultar placa patente; falsificación de certificado de revisión técnica; expedición de documentos falsos; supresión de documento; falsificación de licencia de conducir; otorgamiento de certificado falso; permiso de circulación falso',
  '07029':
    'falsificación de sellos; falsificación de obras; falsificación de punzones; falsificación de timbres; alteración de número de chasis; alteración de número de motor; falsificación de registro; alteración de vehículo; borrar número de chasis; remarcado de vehículo; falsificación de pesas; falsificación de estampillas',
  '0703':
    'corrupción !menores; delitos funcionarios; delitos cometidos por funcionarios públicos; delitos contra la administración pública; delitos de corrupción; corruption; delitos cometidos por servidores públicos; actos de corrupción',
  '07031':
    'cohecho; soborno; cohecho y soborno; soborno internacional; cohecho a funcionario público extranjero; soborno entre particulares; corrupción entre particulares; bribery; cohecho por funcionario extranjero; cohecho internacional',
  '070311':
    'cohecho activo; soborno; ofrecer dádivas; soborno activo; cohecho activo genérico; cohecho activo específico; cohecho cometido por particular; dádivas a funcionario; ofrecimiento de dádivas; soborno transnacional; soborno a funcionario; soborno doméstico; soborno de testigos',
  '070312':
    'cohecho pasivo; cohecho cometido por funcionario; cohecho cometido por empleado público; cohecho de funcionario; solicitud de dádivas; cohecho pasivo propio; cohecho pasivo impropio; aceptación de dádivas; soborno pasivo; aceptación indebida de beneficios; cohecho empleado público',
  '07032':
    'malversación; peculado; malversación de caudales públicos; malversación de fondos; peculado doloso; peculado culposo; peculado de uso; peculado por apropiación; embezzlement; desvío de fondos; aplicación pública diferente; sustracción de fondos públicos; apropiación de fondos públicos; ~apropiación indebida; ~abuso de confianza; desfalco; distracción de fondos; malversación de caudales públicos por sustracción; ~administración desleal; uso indebido de fondos fiscales; aplicación oficial diferente',
  '07033':
    'actos arbitrarios; extralimitación de funciones; extralimitación en acto de servicio; negociación incompatible; abuso de autoridad; abuso de funciones; exacciones ilegales; exacción ilegal; abuso de poder; incumplimiento de deberes; incumplimiento de funciones públicas; prevaricación; prevaricato; prevaricación administrativa; ' +
    'omisión de actos funcionales; concusión; colusión !competencia; ejercicio indebido del servicio público; nombramientos ilegales; violación de secretos por funcionario; violación de secretos; abusos contra particulares; infidelidad en la custodia; infidelidad en la custodia de documentos; ' +
    'retardo de justicia; usurpación de atribuciones; denegación de auxilio; abandono de destino; anticipación de funciones; prolongación indebida de funciones; nombramiento ilegal; abuse of office; contratos irregulares; colusión desleal; violación de deberes de funcionarios; incumplimiento de deberes de funcionario; revelación de secretos oficiales; rehusamiento de actos funcionales; abuso de oficio; abusos contra particulares de funcionarios; desobediencia de funcionario; cobro indebido; resoluciones violatorias a la constitución',
  '07034': 'tráfico de influencias; uso de influencias; influence peddling; patrocinio ilegal; patrocinio indebido',
  '07035':
    'enriquecimiento ilícito; illicit enrichment; incremento patrimonial no justificado; declaración patrimonial falsa; incremento patrimonial',
  '07039':
    '~delitos funcionarios; uso indebido de información reservada por funcionario; uso de información privilegiada por funcionario; ~nombramientos ilegales; conflicto de intereses; testaferrato; fraude en contratación pública',
  '0704':
    'producto del delito; bienes de origen ilícito; delitos de procedencia ilícita; ~receptación; ~lavado de activos',
  '07041':
    'lavado de activos; lavado de dinero; blanqueo de capitales; blanqueo; blanqueo de activos; legitimación de capitales; operaciones con recursos de procedencia ilícita; money laundering; lavado de dinero y otros activos; legitimación de activos; recursos de procedencia ilícita; lavado; asociación ilícita lavado de dinero; ley 19913',
  '07042':
    'tráfico de bienes culturales; patrimonio cultural; tráfico de arte; tráfico de patrimonio arqueológico; extracción de bienes culturales; exportación de bienes culturales; huaqueo; hallazgos arqueológicos; delitos contra el patrimonio cultural',
  '07049':
    'receptación; receptación de vehículos; encubrimiento por receptación; comercio de cosas robadas; posesión de bienes robados; reducción de especies; venta de bienes robados; receptación aduanera; receiving stolen goods; receptación de ganado; receptación de cables; receptación agravada; posesión de vehículo robado; compra de cosas robadas; handling stolen goods; reducidor; hallazgo de vehículo robado; receptación habitual; receptación patrimonial; cosas provenientes de delito',
  '08': 'delitos contra el orden público; delitos contra el estado; delitos contra la administración; delitos contra el orden y la seguridad; delitos contra el orden institucional',
  '0801':
    'desórdenes públicos; desorden público; desórdenes; alteración del orden público; alteración de la tranquilidad pública; faltas contra el orden público; disturbios; desórdenes en espectáculos públicos; ' +
    'perturbación de la tranquilidad; faltas contra las buenas costumbres; delitos contra la tranquilidad pública; disturbio; escándalo; escándalo público; interrupción de vías; motín; public disorder; delitos contra el orden público; ruidos molestos; desórdenes públicos y saqueo',
  '08011':
    'riña; riña pública; peleas callejeras; violencia en estadios; motín; asonada; tumulto; disturbios violentos; saqueo; violencia en espectáculos; desórdenes públicos; riot; affray; disturbios; riña tumultuaria; violencia en el fútbol; ley de violencia en los estadios; ley 19327; derechos y deberes en espectáculos de fútbol; barricadas; asonada o motín; pelea; riñas en espectáculos públicos; lanzamiento de piedras en manifestación; encapuchados',
  '08012':
    'bigamia; matrimonios ilegales; celebración de matrimonio ilegal; adulterio; profanación de cadáver; profanación; violación de sepulturas; exhumación ilegal; inhumación ilegal; infracción a inhumaciones y exhumaciones; exhumaciones ilegales; vagancia; mendicidad; ' +
    'ofensas a culto; ultraje de cadáver; ebriedad; delitos contra el estado civil; suposición de parto; sustitución de niño; usurpación de estado civil; inhumaciones; delitos contra el orden de las familias; delitos contra el matrimonio; matrimonio ilegal; irrespeto a cadáveres; vagancia y mendicidad; supresión de estado civil; ley de culto; adivinación; faltas a las normas de convivencia; simulación de matrimonio; alteración de estado civil',
  '08019':
    '~desórdenes públicos; ~alteración del orden público; ruidos molestos; orinar en vía pública; falsas alarmas; falsa alarma a bomberos; falsa alarma; bomba falsa; ruido; reunión ilegal; alarma pública; ~faltas contra el orden público; ofensas al orden; oposición a acción de autoridad; llamada falsa',
  '0802':
    'ofensas al pudor; ultraje público a las buenas costumbres; ofensas a la moral; buenas costumbres; exhibicionismo; faltas a la moral; ultrajes al pudor; ofensas contra el pudor; indecent exposure; delitos contra la moral pública; ofensa al pudor y a las buenas costumbres; actos obscenos; exhibiciones obscenas; actos inmorales; ultraje a la moral pública',
  '08021':
    'prostitución !menores !infantil; prostitución clandestina; casa de tolerancia; ejercicio de la prostitución; comercio sexual; prostitution; prostitución callejera; comercio sexual ambulante; ~favorecimiento de la prostitución; solicitar servicios sexuales',
  '08022':
    'pornografía !infantil !menores; difusión de pornografía; publicación obscena; venta de material pornográfico; publicaciones pornográficas; exhibición de material pornográfico; distribución de pornografía; objetos obscenos',
  '08029':
    'exhibicionismo; ofensas al pudor; ultraje público a las buenas costumbres; incesto; zoofilia; bestialidad; actos sexuales en público; sodomía; actos obscenos en público; relaciones en vía pública; exhibiciones obscenas; indecencia pública; acciones sexuales en público; bestialismo',
  '0803':
    'libertad de expresión; abusos de publicidad; delitos de prensa; ley de imprenta; delitos contra la libertad de culto; libertad de prensa',
  '08031': 'delitos contra la libertad de expresión; censura; delito contra libertad de prensa; impedir reunión lícita',
  '080321':
    'blasfemia; delitos contra el culto; delitos contra la libertad de cultos; perturbación de culto; ofensas a sentimientos religiosos; libertad de cultos; delitos relativos al ejercicio de los cultos',
  '080322':
    'incitación al odio; apología del odio; incitación a la violencia; propaganda de odio; hate speech; apología del delito',
  '08039':
    'ultraje a símbolos patrios; apología; ultraje a la bandera; ofensas a símbolos nacionales; ley sobre abusos de publicidad; símbolos patrios; ley de prensa',
  '0804':
    'delitos contra la hacienda pública; delitos económicos regulatorios; delitos contra el orden económico; infracciones administrativas; delitos contra el orden económico y tributario',
  '08041':
    'delitos tributarios; defraudación tributaria; evasión de impuestos; evasión tributaria; fraude fiscal; código tributario; infracción al código tributario; evasión fiscal; impuestos; delito tributario; infracciones tributarias; ' +
    'tax evasion; defraudación fiscal; delitos fiscales; defraudación al fisco; comercio clandestino código tributario; facturas falsas; no otorgar boleta; infracciones tributarias contempladas en leyes especiales; resistencia a fiscalización tributaria; declaración maliciosa de impuestos; casos especiales de defraudación tributaria; infracciones aduaneras; impuesto; factura; fiscal; ~fraude al fisco; devolución improcedente',
  '08042':
    'usura; colusión libre competencia; colusión; ley de bancos; ley general de bancos; ley del mercado de valores; delitos bancarios; infracción a normas financieras; acaparamiento; especulación; intermediación financiera ilegal; delitos contra los consumidores; ' +
    'ley de sociedades anónimas; infracciones al código de comercio; ley de quiebras; quiebra; delitos societarios; monopolio; ley de protección al consumidor; préstamos usurarios; regulación financiera; ley de valores; competencia desleal; ley de seguros; antitrust; agiotaje; agio; delitos contra la libre competencia; préstamos ilegales; quiebras; delitos concursales; revelación de secreto empresarial; secretos de fábrica; secreto industrial; secreto bancario; cooperativas; insolvencia punible; ley de valores y seguros; fraude en las subastas; alteración fraudulenta de precios; comunicación de secretos de fábrica; mercado de valores; delitos contra la economía nacional y el ambiente; delitos contra el orden financiero y monetario',
  '08043':
    'juegos de azar; juegos ilegales de azar; juegos ilegales; apuestas; juego clandestino; casino ilegal; loterías ilegales; loterías, casas de juego y de préstamo sobre prendas; máquinas de juego; loterías; peleas de gallos apuestas; ley de casinos; casas de juego; rifas; illegal gambling; maquinas tragamonedas',
  '08044':
    'contrabando; contrabando aduanero; ordenanza de aduanas; ley de aduanas; fraude aduanero; defraudación aduanera; contrabando de mercaderías; delitos aduaneros; contrabando de mercancías; contrabando de especies; ley general de aduanas; aduanas; smuggling; infracción aduanera; declaración maliciosa aduanas; aduana; receptación aduanera',
  '08045':
    'información privilegiada; uso de información privilegiada; manipulación de mercado; manipulación de precios; insider trading; uso indebido de información privilegiada; colusión !funcionario; ~ley del mercado de valores',
  '08049':
    'ordenación del territorio; urbanismo; comercio ambulante; comercio sin permiso; comercio clandestino; infracción de ordenanza; ordenanza municipal; falta de licencia comercial; ley general de urbanismo y construcciones; construcción sin permiso; ley de telecomunicaciones; radiodifusión sin licencia; infracción a leyes especiales; comercio ilegal; venta ambulante; ' +
    'infracciones de ley; infracciones a leyes municipales; ley de servicios eléctricos; loteos brujos; loteo irregular; rompimiento de sellos; violación de sellos; ley general de telecomunicaciones; delitos contra la administración; ocultación de identidad; negarse a dar identidad; control de identidad; ley de urbanismo; ley orgánica; ley del consumidor; faltas código penal; licencia de comercio; ley de seguridad privada; guardias sin autorización; vigilantes privados; ley de votaciones; ley de reclutamiento; infracción servicio militar; estadísticas; infracción ley general; transporte ilegal de pasajeros; leyes especiales; ley de transportes; servicio militar; incumplimiento de normas; ley de propiedad horizontal; radio clandestina; ejercicio sin autorización; usurpación de funciones',
  '0805':
    'delitos migratorios; migración; ley de migración; ley de extranjería; infracción ley de extranjería; infracciones migratorias; extranjería; ley general de migraciones',
  '08051':
    'tráfico ilícito de migrantes; tráfico de migrantes; coyotaje; tráfico de personas; tráfico ilegal de personas; smuggling of migrants; migrantes; tráfico de indocumentados; polleros; transporte ilegal de migrantes; facilitación de ingreso ilegal',
  '08059':
    'ingreso ilegal; ingreso clandestino; ley de extranjería; infracción ley de extranjería; extranjeros; permanencia irregular; entrada ilegal al país; ingreso por paso no habilitado; illegal entry; infracciones a la ley de migración; residencia ilegal; expulsión; egreso clandestino; quebrantamiento de expulsión; uso de documentos de extranjería; migración ilegal; ingreso al país con documentos falsos',
  '0806':
    'delitos contra la administración de justicia; administración de justicia; delitos contra la justicia; delitos contra la función judicial; función jurisdiccional; delitos contra la actividad judicial',
  '08061':
    'obstrucción a la investigación; obstrucción de la justicia; obstrucción a la justicia; falso testimonio; perjurio; denuncia calumniosa; denuncia falsa; prevaricación judicial; prevaricación; prevaricato; encubrimiento; encubrimiento personal; presentación de prueba falsa; destrucción de prueba; ' +
    'acusación falsa; presentación de testigos falsos; simulación de delito; soborno de testigos; fraude procesal; perjury; encubrimiento real; favorecimiento personal; obstrucción; falso testimonio y perjurio; acusación o denuncia calumniosa; denuncia falsa a carabineros; testigo falso; falsas declaraciones; ' +
    'intimidación de testigos; falsa denuncia; prevaricación de abogado; retardo de justicia; presentación de medios de prueba falsos; omisión de denuncia; omisión de denuncia de funcionario; patrocinio infiel; prevaricación del abogado; ocultamiento de pruebas; alteración de escena del crimen; ocultación de cadáver; falsedad en juicio; favorecimiento real; obstaculizar investigación; declaración falsa; false report; fuga de lugar de accidente; impedir acción de la justicia; juicio',
  '08062':
    'violación de medidas; incumplimiento de decisiones de autoridad; abandono de familia por impago; desacato; quebrantamiento de condena; quebrantamiento; incumplimiento de medidas cautelares; incumplimiento de orden judicial; incumplimiento de sentencia; desobediencia; desobediencia a la autoridad; incumplimiento de obligaciones alimentarias; incumplimiento de asistencia familiar; omisión de asistencia familiar; negación de asistencia económica; pensión alimenticia; ' +
    'incumplimiento de medidas de protección; contempt of court; quebrantamiento de pena; violación de arresto; desobediencia judicial; abandono de familia; incumplimiento de la obligación de asistencia; alimentos; breach of court order; desacato a autoridad judicial; desobediencia a decisiones judiciales; quebrantamiento de medida; orden de alejamiento; rompimiento de sellos; quebrantamiento de régimen; violación de la patria potestad; incumplimiento de deberes alimentarios; evasión de detenidos; violación de medidas de protección; orden de detención; orden de aprehensión; detención por orden judicial; incumplimiento de deberes de asistencia; inasistencia alimentaria; violación de sellos; incumplimiento de orden; resolución judicial',
  '08063':
    'actos preparatorios; intención delictiva; posesión de elementos para delito; porte de elementos para cometer robo; porte de elementos conocidamente destinados a cometer delito de robo; posesión de herramientas para robo; ganzúas; instrumentos para robo; proposición para delinquir; porte de elementos para delinquir; elementos destinados a cometer robo; fabricación o tenencia de elementos destinados a robar; going equipped',
  '08064':
    'conspiración; conspiración y proposición; conspiración para delinquir; conspiracy; confabulación; proposición; instigación a delinquir; instigación; concierto para delinquir',
  '08069':
    'violencia contra servidor público; evasión; evasión de detenidos; fuga; fuga de presos; atentado contra la autoridad; resistencia a la autoridad; resistencia; maltrato de obra a carabineros; maltrato a policía; atentados y amenazas contra la autoridad; amenazas contra la autoridad; oposición a la autoridad; ingreso de objetos prohibidos a recinto penitenciario; ' +
    'favorecimiento de la evasión; desacato a la autoridad; ultraje a funcionario; agresión a policía; resistirse a la autoridad; resisting arrest; escape; maltrato de obra a personal de gendarmería; maltrato de obra a investigaciones; injurias a carabineros; ofensas a carabineros; amenazas a carabineros; violencia contra funcionario; violencia y resistencia a la autoridad; ultraje a la autoridad; evasión de presos; ' +
    'agresión a fuerza pública; amenaza a gendarmería; atentado contra carabineros; ingreso de teléfonos a cárcel; introducción de objetos a cárcel; amotinamiento; ejercicio arbitrario del propio derecho; linchamiento; ofensas a la autoridad; lesiones a carabineros; quebrantamiento de prisión; fuga de detenido; atentado a la autoridad; usurpación de autoridad; maltrato a gendarmes; atentado; impedir función de autoridad; desacatos e injurias a autoridades; autotutela; violencia contra autoridad; obstrucción a la autoridad',
  '0807':
    'delitos electorales; ley electoral; infracción ley electoral; infracción a ley de votaciones; elecciones; ley de votaciones populares; ley de partidos políticos; delito electoral; votaciones populares y escrutinios; registro electoral; inscripción electoral; votaciones; election offences',
  '08071':
    'compra de votos; cohecho electoral; coacción del elector; fraude electoral; cohecho electores; vote buying; presión a electores; inducción al voto',
  '08079':
    '~delitos electorales; ~infracción ley electoral; financiamiento electoral ilegal; propaganda electoral; gasto electoral; no votar; financiamiento de campañas',
  '0808':
    'delitos laborales; derecho laboral; código del trabajo; delitos contra el trabajo; infracción código del trabajo; delitos contra la libertad de trabajo; leyes laborales; delitos contra los derechos de los trabajadores; previsión social; declaración y no pago de cotizaciones; apropiación de cotizaciones previsionales; cotizaciones; ley de accidentes del trabajo',
  '08081':
    'huelga; huelga ilegal; derecho de sindicación; prácticas antisindicales; libertad sindical; delitos contra la libertad sindical',
  '08082':
    'no pago de cotizaciones previsionales; incumplimiento de obligaciones laborales; trabajo infantil; explotación laboral de menores; infracción laboral; cotizaciones previsionales; retención de salarios; contratación irregular de menores; atentado contra libertad de trabajo',
  '0809':
    '~delitos contra el orden público; ~usurpación de funciones; usurpación de atribuciones; ~infracción a leyes especiales; usurpación de funciones públicas; delitos contra la soberanía; ~delitos contra la administración pública; ocultación de identidad; negativa a prestar servicio; negativa de servicios; rompimiento de sellos; violación de sellos',
}
