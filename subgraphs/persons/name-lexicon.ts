/**
 * What the search for names knows about the names of the region, beside the letters: the frequent given names and surnames, the
 * short forms of given names, and abbreviations. This is the one place of these lists; migration 004 has a copy for the database's
 * functions, and name-lexicon.test.ts compares the two.
 *
 * All words are folded: small letters without accents, Ñ as N. Sources: the lists of the demo's generator; the short forms follow
 * the lists of hypocoristics of the Universidad de Piura (udep.edu.pe/castellanoactual), of Chilango («Hipocorísticos raros de la A a la Z») and
 * of lengua161, with those of Central America (Chepe, Chema, Chico, Lencho, Mincho, Neto) added.
 */

const list = (text: string): readonly string[] => text.trim().split(/\s+/)

/** Frequent given names. Two different words of this list are two names, however alike they look: `mario` and `maria`. */
export const GIVEN_NAMES: readonly string[] = list(`
  aaron abel abelardo abigail abraham abril ada adalberto adan adela adelaida adelina adelmo adilia adolfo adrian adriana agueda
  agustin agustina aida aidee alan alba alberta alberto aldo alejandra alejandrina alejandro alex alexander alexandra alexis alfonso
  alfredo alicia alma alonso alonzo alvaro amado amalia amanda amelia america amilcar amparo ana anabel anabella analia anastasia anastasio
  andrea andres angel angela angeles angelica angelina angelito anibal anselmo antonia antonio apolinar apolonio araceli arcadio
  ariana ariel armando arnoldo arnulfo aroldo arturo astrid asuncion augusto aura aurelia aurelio aurora axel azucena
  balbina baltazar barbara bartolome basilio baudilio bayron beatriz belen belinda benedicto benita benito benjamin berenice bernarda
  bernardino bernardo berta bessy betty bianca blanca bladimir bonifacio boris brayan brenda brian brigida bruno byron
  calixto camila camilo candelaria candida candido caridad carina carla carlos carlota carmela carmelo carmen carmina carol carolina
  casimiro catalina catarina catherine cayetano cecilia cecilio celeste celestina celestino celia celina celso cesar cesia
  christian christopher cindy cipriano clara claribel clarisa claudia claudio clemente clementina cleotilde concepcion consuelo corina cornelio
  cristian cristina cristobal cruz cruzita dagoberto daisy dalia damaris damian daniel daniela danilo dania dario david dayana dayanara debora
  delfina delia delmi delmy demetrio denis denise deysi diana diego dilcia dilma dimas dina dinora dinorah dionisio domenica dolores domingo
  domitila donaldo dora doris douglas dulce eda eddy edelmira eder edgar edgardo edilberto edith edmundo edna eduarda eduardo eduviges
  edwin efrain egberto elba elda elder elena eleazar eleuterio eli elia eliana elias elisa elisabet elizabeth elisenda elisabeth eliseo eloisa eloy
  elsa elsy elmer elvia elvin elvira elvis ema emanuel emerita emerson emilia emiliana emiliano emilio emma emmanuel encarnacion enma enrique
  enriqueta eric erica erick ericka ernestina ernesto ervin erwin esdras esmeralda esperanza esteban estefania estefany estela ester
  esther ethel etelvina eufemia eufemio eugenia eugenio eulalia eulalio eulogio eusebia eusebio eva evangelina evaristo evelia evelin evelina evelyn
  ezequiel fabian fabiana fabiola fabricio facundo fatima faustina faustino fausto federico felicia feliciano felicita felicitas felipa felipe felix
  fermin fermina fernanda fernando fidel fidelia filadelfo filiberto filomena filomeno flor flora florencia florencio florentina florentino
  floridalma florinda florindo francisca francisco franklin freddy fredy froilan gabino gabriel gabriela galo genaro genesis genoveva
  geovanny geovany gerardo gerber german gerson gertrudis gilberto gilda giovanni gisela gladis gladys gladis glenda gloria gonzalo graciela
  gregoria gregorio greysi gricelda griselda guadalupe guillermina guillermo gumercinda gumercindo gustavo haroldo haydee hector heidi helen heidy
  helena henry herbert heriberto hermelinda herminia herminio hernan herson hilaria hilario hilda hipolito hortensia hugo humberto
  ignacia ignacio ileana ilma ilse imelda indira ines ingrid inmaculada inocencio irene iris irma irving isaac isabel isabella isabela
  isai isaias isauro isela isidra isidro ismael israel iva ivan ivania ivette ivonne izabel jacinta jacinto jacobo jacqueline jaime jairo janet
  janeth jaqueline javier jazmin jefferson jennifer jenny jennyfer jeremias jeronimo jesica jessica jessenia jesus jesusa jhonny jimena jimmy joana
  joaquin joaquina joel johana johanna john johnny jonatan jonathan jorge jose josefa josefina josselyn josue josias juan juana juanita
  judith julia julian juliana julieta julio julissa justa justina justino justo juventino karen karina karla katherine katia keila kelly kenia kenneth
  kevin keyla lady larissa laura lazaro leandro leda leidy leila lenin leocadia leon leonardo leonel leonidas leonor leonora leopoldo leslie lesbia
  lesly leticia lety lidia lilia lilian liliana lina linda lisandro lisbeth lissette lizbeth lizeth loida lorena lorenza lorenzo lourdes lucas lucero
  lucia luciana luciano lucila lucinda lucio lucrecia luis luisa lupita luz luzmila mabel macario magali magda magdalena magdaleno manfredo manuel
  manuela mara maribel marcel marcela marcelina marcelino marcelo marcia marcial marciano marco marcos margarita margarito margoth
  maria mariana mariano maricela maricruz maricarmen mariela marilu marilyn marina mario marisela marisol marisa maritza marleny marlen marlene marlin marlon
  marta martha martin martina martir marvin mateo matias matilde maura mauricio mauro maximiliano maximina maximino maximo maxima maya mayra medardo melania
  melba melida melina melissa melvin melba mercedes meredith merlin mercedes micaela michael miguel milagro milagros milagrito milton minerva
  miriam mirian mirna mirtala moises monica morena mynor nadia nahum nancy napoleon narcisa narciso natalia natalie natividad neftali
  nelly nelson nemesio neptali nery nestor nicanor nicolas nicolasa nidia nieves nilda nilson nixon noe noel noelia noemi nohelia nohemi nora
  norberto norma nubia obdulio octavio odilia ofelia olga olimpia olinda oliver olivia olman omar onelia onofre orfilia orlando
  oscar osman osmin osvaldo oswaldo otilia otilio otoniel otto ovidio pablo pamela pancracio paola pascual pastor pastora patricia patricio patrocinio
  paula paulina paulino pedro perfecto perla petrona petronila pilar placido porfirio primitivo priscila prudencio prudencia
  rafael rafaela ramiro ramon ramona randall raquel raul raymundo rebeca refugio regina reina reinaldo remberto remedios remigio rene reyes reyna reynaldo
  reynerio ricardo rigoberto rita roberta roberto rocael rocio rodolfo rodrigo rogelia rogelio rolando roman romana romeo romulo ronal ronald roney
  roque rosa rosalba rosalia rosalina rosalinda rosalio rosalva rosana rosario rosaura rosendo rosibel rosita rosmery roxana roxanna ruben rudy
  rufina rufino rumaldo ruperto ruth sabina sabino salome salomon salvador salvadora samantha samuel sandra santa santiago santos
  sara sarai saturnino saul sebastian sebastiana selena selvin serafin serapio sergio shirley silvano silveria silverio silvestre silvia simeon simon sindy
  sixto sofia soila sol soledad sonia stefany stephanie suyapa susana suzana tania tatiana telma telmo teodora teodoro teofilo teofila teresa teresita
  thelma timoteo tito tobias tomas tomasa toribio transito trinidad ulises urbano uriel ursula valentin valentina valeria valerio vanesa vanessa
  velia venancio ventura veronica vicenta vicente victor victoria victoriano victorino vidal vilma vinicio violeta virgilio virginia vitalina viviana
  vladimir waldemar walter wendy wilber wilfredo wilian wiliam william willian wilmar wilmer wilson wilma xavier ximena xiomara yadira yamileth yanira yanet
  yaneth yasmin yazmin yenny yesenia yessenia yessica yesica yolanda yolany yony yoselin yosselin yuri zacarias zenaida zenon zoila zulema zulma zuleyma
  adilson ahmed aileen alaina aldair alessandra alexa alina alisson alondra amaury ambar ambrosio amy anahi analy andy anderson anely angelita anthony
  antony april areli ariadna arlen arleth ashley axell aylin belkis benedicta berenise bertilio brandon britany bryan candi carmelina casandra celmira chantal
  clarissa cleofe cleofas clelia concha crescencio cruzito daisi damian danelia darwin dayan deisy delfino denia derik dilan dilma doroteo doroteo dunia dylan
  edelmiro edgardo edvin edison efigenia elian eliel elio elman elmo elvis elvidio elvira emerio emely emery enoc enio eneida eris erlin erlinda esaias
  estela eulogia evert exequiel fabio felicito felicidad fermin fiorella flavio flavia florian fulgencio geraldina gael germania gessica gicela giselle gissela gladis
  greta gretel guisela hamilton harold haydee hermes heriberta hilma humbertina iliana illiana ingris isamar israel itzel ivanna jacob jamileth jarol
  jason jayro jeferson jefry jeison jeremy jerson jesenia jeyson jhon joan jocelyn joceline joely johan jordan jordy josselin josefino jovita jovito juliet julieth
  kathia kathy kelvin kervin kendra keren keysi kristel lariza lauro leandra leidi leila leslye levi liam lianna libia licerio ligia lindsay lino lisseth loyda lubia
  lucina luciano ludin lusvin lyla mabelin madelin maicol maidelin maira maite malvin manlio marelyn margot mariam marian maricela marielos marilin marino marisabel
  marjorie marleni marlenis mateo mayda mayela mayte mercy merari michelle miguelina mileidy misael mitzi mildred morelia mynor nahun nathaly nayeli nectali nely neri neyda nicole nidian
  nilda nineth noelio norlan normandina obed odalis odir olegario oneida oralia orestes osiris otoniel patrocinia perfecta porfiria prisila querubin rafaelina ramses
  randy reinerio reimundo renato ricarda rigoberta robin rolandina romelia rosalina rosemary roselia rossana roxy rosmeri rubenia rubidia sadia saira salma saida santa santana
  saida selma selvia servando sheyla silverio soraya stanley stefani steven susan tadeo tamara tatyana teresita tirsa tomasina ubaldo ulises valery vania verenice victorina
  viky vilmer virgilia vivian walda waleska wanda wilda wilmar yadira yahaira yaquelin yair yamil yamilet yanci yanely yansi yazmina yeimi yelitza yeni yeny yesi yeymi yoana
  yoselyn yudith yuliana yuliza yuridia zaida zara zayda zoe zonia zuleima`)

/** Frequent surnames, those of the region's peoples among them. */
export const SURNAMES: readonly string[] = list(`
  abarca abrego acevedo acosta acuna aguero aguilar aguilera aguirre ajanel ajcu aju alarcon alas alcantara aldana alegria aleman alfaro alfonso
  almendarez almendares alonzo alvarado alvarenga alvarez amador amaya amador anaya andino andrade andres angel anleu antillon antunez aparicio
  aquino aragon arana arandia araujo araya arce archila arevalo argueta arguello arias ariza armas armijo arriaga arriola arroyo artiga artola
  arzu asturias avalos avelar avendano avila aviles ayala azurdia baires balcarcel ballesteros banegas barahona baraona barillas barrera
  barrientos barrios barrera barillas bardales batres batz bautista beltran benavides benitez bermudez bernal berrios blanco blandon bolanos
  bolivar bonilla borjas borja bravo briceno brenes brito brizuela bueso bustamante bustillo caal caballero cabrera caceres calderon calles calix
  camacho camargo campos canales candelaria canizales cano cantillo carbajal carballo cardona cardenas cardoza carias carranza carrasco carrera carrillo
  carrion cartagena carvajal casco castaneda castaneda castellanos castellon castillo castro catalan ceballos cerna cerrato cerritos cervantes chacon
  chavarria chaves chavez chay chen chevez chicas chinchilla choc choto chub cifuentes cisneros claros coc coello cojti colindres
  contreras cordero cordova cordoba coreas cornejo coronado corea corrales correa cortes cortez cotto coto coy cruz cubas cuc cucul cuellar cuevas cun
  cux cuyuch davila delgado diaz domingo dominguez donis duarte dubon duenas duron echeverria elias elvir enamorado erazo escalante escalon escobar
  escobedo escoto espana espino espinal espinosa espinoza esquivel estrada euceda fajardo falla farias fernandez ferrera ferrufino figueroa
  flores fonseca franco fuentes funes fuentes galdamez galeano galindo gallardo gallegos galvez gamboa gamero gamez garay garcia garrido garzon
  gavarrete gaytan gil giron godinez godoy gomez gonzales gonzalez granados grajeda grijalva guardado guerra guerrero guevara guillen guity
  gutierrez guzman henriquez heredia hernandez herrera herrarte hidalgo hurtado ibanez ibarra iglesias inestroza interiano irias iraheta
  irigoyen ixcoy ixcot izaguirre jacome jaco jimenez juarez jovel jerez jeronimo lagos laguna laines lainez landaverde lara larios laureano leal
  lemus leiva leon leyva lezama licona linares lima lobo lobos longo lopez lorenzana lorenzo lovo lozano lucero luna luque machado
  machuca macario madrid madriz maldonado mancia mancilla mansilla marin marquez marroquin martell martin martinez marcos mata mateo matute maradiaga
  mayen mayorga mazariegos medina medrano mejia mejicanos melara melendez melgar membreno mena menchu mencos mendez mendoza menendez menjivar mercado
  merino merlos mesa mexia mena meza mijangos milla mira miranda molina moncada monge monroy montalvan montano monterrosa monterroso montenegro montero montes
  monzon mora moraga morales moran moreira moreno morera morataya moscoso motino mota munguia munoz murillo najera najarro navarrete navarro navas
  nolasco noriega novoa nunez oca ocampo ochoa oliva olivares oliveros olivera ordonez ordenana orellana oropeza ortega ortez ortiz osorio osorto otero ovalle oviedo
  oxlaj pacheco padilla paiz palacios palencia palma panameno paniagua pardo paredes parada parrales pascual pastor patzan paz pacay pec pena penalba
  penado peraza perdomo perez perla pineda pinto pinzon pirir pleitez ponce poncio pop poroj portillo posadas posas prado puac pu puga quezada quej quesada
  quijada quinonez quinones quintana quintanilla quintero quiroa quiroz ramirez ramos ramon rangel raudales raxon recinos reina retana revolorio reyes reyna
  ricci rico rios rivas rivera riveros rizo robles roca rocha rodas rodezno rodriguez rojas roldan romano romero rosa rosado rosales rosas rubi
  rubio ruano rueda ruiz saavedra sabillon sac saenz sagastume salamanca salas salazar salcedo saldana salguero salinas salmeron samayoa sanabria sanchez
  sandoval santamaria santana santiago santizo santos saravia sarceno sarmiento saucedo segura sejas sequeira serrano serpas servellon sevilla sic
  sierra silva siliezar siquina solano solis solorzano soriano sorto sosa soto sotomayor suarez suazo suchite tablada tahay talavera tambriz tax tecu tejada tejeda
  tello tercero teos ticas tinoco tiu tobar toc toj toledo torres toribio torrez tovar trejo trigueros tril tum turcios tzi tzoc tzunun ucles ulloa umana umanzor urbina
  urias urquilla urrutia valdez valdes valdivia valencia valenzuela valiente valladares valle vallecillo vallejo vanegas varela vargas vasquez vazquez
  vega velasco velasquez velazquez velez ventura vera vides vidal viera villacorta villafuerte villalobos villalta villanueva villatoro villeda villegas villela
  xitumul xol yac yanes yanez yat ybarra yoc yool yuman zacarias zaldana zaldivar zamora zapata zarate zavala zelada zelaya zepeda zuniga zuleta
  abadia aceituno acabal aguero aguiluz aguinada albizures aldana alfaro almengor almeida alonzo amaro amezquita ancheta andrino angulo aquino araujo arbizu ardon arenas arenivar
  argumedo arita armendariz arteaga asencio astorga avelares aviles bac badillo baeza baide bamaca banderas baran barahona barillas bartolon batista bejarano bendeck benitez berganza bertrand
  berganza bobadilla bocanegra bol bolainez borrayo bran bulnes burgos buezo caballeros cabezas cac cajas cal calito cambronero canas canela canizalez cantarero cantoral caraballo carcamo cardenas
  carbonell carpio casia casasola castejon castellon catu cazun cedillo centeno cerritos ceron chajon chan chancay chapas chavajay chicas chilel chinchilla chocooj chox cisneros clavel colindres
  coloma colop constanza cordon coroy corona cortave crespin cuadra cucul cuyan dardon delcid dieguez dighero dubon echegoyen elvir emestica escamilla esteban escoto
  estevez estupinian farfan flamenco fortin franco fugon fuentes gabarrete galan galeas galicia gallo gamarro garnica gatica gavidia godinez gradiz gramajo granillo guadron guandique
  guch guido guinea guox gusman henao hernandes herrador hidalgo hinestroza honduras icute ical idiaquez inocente isem ixchop jalal james joj jolon jom juc juracan landa lanza lazo ledezma lec limatuj linarez
  lobato lovos lorca magana majano manzano maltez maravilla marcia marenco mariona marmol marina maas max mazate medal melghem mendizabal mesias meraz minero mijango moino monteagudo montealegre
  montejo montepeque montesinos montiel montoya morazan moya mulul murga nahuat navidad neira nieto nij obando ocana olmedo olmos oliva orantes ordon osorio osoy ostorga palma palomo par parada paredez parraguez
  patino paz peinado peralta perea pichardo pierre pineda pirir platero polanco polio pozuelos pretzantzin puluc quan quel quinteros quiej rax raxcaco recio regalado renderos requena reynosa
  robledo rodarte rosell ruballos sajche samol sales salvatierra sanjuan santay saquic sarat saravia sazo sermeno sis sical soberanis solares sologaistoa suruy tacam taracena tay tepeu tezen tiul tista tochez tot
  trabanino tura turcio tumax tuy tzul tzoy ucelo ujpan urizar us uz valderramos valderrama valiente valles vargaz veliz vicente vielman villanueva villafranca viscarra wug xoc xuya yaxcal yos yujan zelee zet zetino zuncar`)

/** Short forms of given names, by the name. A form may stand for several names. Forms of one name stand for one another. */
export const SHORT_FORMS: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  `abigail: abi gail
  abraham: abran
  adalberto: beto
  adolfo: fito dolfo adolfito
  adriana: adri nana
  agustin: tin cucho agus tincho
  alberto: beto tito berto albertito
  alejandra: ale alejita jandra
  alejandro: ale alejo jandro alejito
  alexander: alex sander xander
  alfonso: poncho foncho fonchito
  alfredo: fredo feyo
  alicia: licha ali
  amalia: mali
  amelia: meli
  ana: anita anny any
  andrea: andreita
  andres: andresito
  angel: angelito gelo
  angela: angelita gela
  angelica: angie kika
  anibal: nibal
  antonia: toña toñita tona
  antonio: tono tonio tonito toni tony
  araceli: cheli celi
  armando: mando mandito
  arturo: turo artur
  augusto: tuto
  aurora: aurorita
  bartolome: bartolo tolo
  beatriz: beti bety betty bea ticha
  benjamin: mincho benja chamin mincito min
  bernardo: nayo berna
  berta: bertita
  brayan: bryan brian
  brenda: brendita
  camilo: milo
  candelaria: canda candita
  caridad: cari
  carlos: carlitos charly charlie calin calito carlito caliche
  carmen: carmencita carmelina menchita
  carolina: caro carito
  catalina: cata catita lina
  cecilia: chila ceci chilo
  cesar: checha cesarin
  christian: cris
  cristian: cris
  claudia: clau
  concepcion: concha conchita chon chona
  consuelo: chelo concho
  cristina: cris tina
  cristobal: tobal toba
  daniel: dani danny dany danielito
  daniela: dani dany
  david: davicito davidcito
  delfina: fina
  diana: dianita
  diego: dieguito
  dolores: lola lolita
  domingo: mingo minguito
  eduardo: lalo guayo edu eduardito wayo
  edgar: edgarito gar
  efrain: fain
  elena: lena nena elenita
  elias: licho
  elisa: lisa licha
  elizabeth: eli betty bety liz eliza
  emilia: mila emi
  emilio: milo emi
  enrique: quique kike quico enriquito
  enriqueta: queta ketty
  ernesto: neto tito
  esperanza: pelancha lancha
  esteban: teban estebita
  estefania: fany fanny
  estefany: fany fanny
  esther: ester tete
  eugenia: kena quena
  eugenio: geno
  eulalia: lala lalia
  eva: evita
  federico: fede lico quico kiko
  feliciano: chano
  felipe: pipe felipito lipe
  felix: felito
  fernanda: fer nanda
  fernando: nando fer nandito
  francisca: paca pancha chica panchita paquita chicha
  francisco: paco pancho chico kiko quico fran pacho panchito paquito chicho frank chisco
  gabriel: gabi gabo gaby
  gabriela: gabi gaby
  gerardo: jera lalo yayo
  geovanny: giovanni geovany giovany jovany yovany yovani jovani yovanny
  gilberto: beto gil
  gloria: yoya gloris
  gonzalo: chalo gonza
  graciela: chela chelita
  gregoria: goya
  gregorio: goyo
  griselda: chela
  guadalupe: lupe lupita lupe lupis pita lupillo
  guillermina: mina mimi
  guillermo: memo guille guicho willy memito
  gustavo: tavo gus gustavito
  hector: tito tico hectorin
  heriberto: beto
  hernan: nano
  hortensia: tencha
  hugo: huguito
  humberto: beto tito
  ignacio: nacho nachito iñaki nacio
  ines: inesita necha
  irene: ire nena
  isabel: chabela chavela chabelita isa belita chabe chavelita bela
  isidro: chilo chidro
  ismael: mael maelo
  ivan: ivancito
  jacinto: chinto jacintito
  jacqueline: jaqui jackie
  jaqueline: jaqui jackie
  jaime: jaimito
  javier: javi javo
  jennifer: jeny jenny yeni
  jeronimo: chomo
  jesica: jessy yesica yessica
  jesus: chuy chus chucho suso chusito chuyito jechu
  joaquin: quin quincho juaco
  jonathan: joni jonny
  jorge: coque jorgito yoyo
  jose: chepe pepe chepito pepito che joche joseito josecito chepillo pepillo chepin
  josefa: chepa pepa chepita pepita fina
  josefina: fina chepina pepina chepita
  juan: juanito juancho juanillo juanchito juancito
  juana: juanita juanilla
  julia: julita
  julian: juliancito
  julio: julito julin
  karla: karlita
  leonardo: leo nardo
  leonel: leo nel
  leonor: leo
  leopoldo: polo
  leticia: lety leti letty ticha
  lidia: lidita
  liliana: lili lily
  lilian: lili lily
  lorena: lore
  lorenzo: lencho enzo
  lourdes: lulu lula
  lucia: lucita luci chia chila
  luis: lucho guicho luisito huicho wicho
  luisa: lucha luisita lula
  luz: lucita lucecita
  magdalena: magda lena malena
  manuel: manolo meme manu manuelito nel mañuel lito manolito
  manuela: manola manuelita mela
  marcelo: chelo
  marcela: chela
  margarita: mago margo maguito
  margoth: mago
  maria: mari mary marita mariita maruca mariquita maruja
  mariano: nano marianito
  mario: mayito mariito
  marlene: marlen
  marta: martita tita
  martin: tincho martincito
  mauricio: mauri mau
  maximiliano: max maxi
  maximo: max
  mercedes: meche mechita merce merceditas mencha
  micaela: mica miquita
  miguel: migue mike miguelito micho
  milagro: mila
  moises: moi monche moy
  monica: moni
  natividad: nati tivo
  nelly: neli
  nestor: tito
  nicolas: nico colas lacho colacho
  norma: normita
  octavio: tavo
  ofelia: fela
  olga: olguita
  orlando: lando
  oscar: oscarito cayo
  osvaldo: valdo
  oswaldo: valdo
  pablo: pablito
  patricia: paty pati patty tricia
  patricio: pato
  paula: paulita
  paulino: lino
  pedro: pedrito perucho peyo periquito
  pilar: pili pilarica
  rafael: rafa fello rafita fallo falo payo
  ramon: moncho monchito mon
  ramona: moncha mona
  raquel: quela
  raul: rulo raulito
  raymundo: mundo
  rebeca: beca beki
  refugio: cuca cuco
  reinaldo: rey naldo
  ricardo: richard ricky cayo rica riqui caco
  rigoberto: rigo beto
  roberto: beto robert bobi tito robertito rober
  rodolfo: fito rudy rodo fofo
  rodrigo: rodri rigo
  rogelio: rogel roge
  rolando: rolo lando
  rosa: rosita rosi chita rosy chayo
  rosario: chayo charo chayito chalo
  salvador: chamba chava salva chambita chavita chavo
  samuel: sam sami samy
  sandra: sandrita
  santiago: chago santi chaguito
  santos: santitos
  saturnino: nino
  sebastian: chebo seba bastian chano
  sergio: checho keko
  silvestre: veche
  silvia: silvita chiva
  sofia: sofi chofi chofia
  soledad: sole chole cholita
  sonia: sonita
  susana: susi susy susan
  teodoro: teo doro
  teofilo: teo filo
  teresa: tere teresita techa
  tomas: tomasito tommy tom masho
  trinidad: trini
  valentin: vale
  valentina: vale
  veronica: vero
  vicente: chente chentillo vicho
  vicenta: chenta
  victor: vitor vito toyo
  victoria: vicky viki toya toyita
  virginia: vicky gina
  walter: gualter
  wilfredo: fredo wil
  william: willy wili
  yesenia: yesi jesenia
  yolanda: yoli yola
  yazmin: jazmin
  zoila: zoilita`
    .split('\n')
    .map((line) => {
      const [name = '', forms = ''] = line.split(':')
      return [name.trim(), list(forms.normalize('NFD').replace(/\p{M}/gu, ''))]
    }),
)

/** Abbreviations of given names in registers, without their stop. An abbreviated name is the same name. */
export const ABBREVIATIONS: Readonly<Record<string, string>> = {
  ma: 'maria',
  mra: 'maria',
  jse: 'jose',
  jph: 'jose',
  fco: 'francisco',
  fca: 'francisca',
  fdo: 'fernando',
  gpe: 'guadalupe',
  gmo: 'guillermo',
  gto: 'gilberto',

  jto: 'jacinto',
  jno: 'juan',
  jn: 'juan',
  jvr: 'javier',
  ml: 'manuel',
  mnl: 'manuel',
  mgl: 'miguel',
  migl: 'miguel',
  ant: 'antonio',
  anto: 'antonio',
  ato: 'antonio',
  alf: 'alfredo',
  alej: 'alejandro',
  alb: 'alberto',
  agtn: 'agustin',
  bto: 'benito',
  ctna: 'catarina',
  conc: 'concepcion',
  dgo: 'domingo',
  dom: 'domingo',
  edo: 'eduardo',
  eliz: 'elizabeth',
  enr: 'enrique',
  esp: 'esperanza',
  fla: 'florencia',
  greg: 'gregorio',
  hto: 'humberto',
  igno: 'ignacio',
  isab: 'isabel',
  jqn: 'joaquin',
  jos: 'jose',
  jul: 'julio',
  ldo: 'leonardo',
  mda: 'magdalena',
  marg: 'margarita',
  mcdes: 'mercedes',
  mdes: 'mercedes',
  nic: 'nicolas',
  pdo: 'pedro',
  pco: 'francisco',
  raf: 'rafael',
  rdo: 'ricardo',
  rod: 'rodolfo',
  rto: 'roberto',
  salv: 'salvador',
  sant: 'santiago',
  stgo: 'santiago',
  sto: 'santos',
  seb: 'sebastian',
  ter: 'teresa',
  tma: 'tomasa',
  vte: 'vicente',
  gdez: 'gonzalez',
  glez: 'gonzalez',
  gzlez: 'gonzalez',
  gonz: 'gonzalez',
  fdez: 'fernandez',
  fernz: 'fernandez',
  hdez: 'hernandez',
  hdz: 'hernandez',
  hern: 'hernandez',
  jmnz: 'jimenez',
  lpz: 'lopez',
  mtz: 'martinez',
  mtnez: 'martinez',
  martz: 'martinez',
  mdez: 'mendez',
  prz: 'perez',
  rdz: 'rodriguez',
  rdguez: 'rodriguez',
  rguez: 'rodriguez',
  rodz: 'rodriguez',
  rmz: 'ramirez',
  rmrz: 'ramirez',
  schz: 'sanchez',
  schez: 'sanchez',
  snchz: 'sanchez',
  vsqz: 'vasquez',
  dmgz: 'dominguez',
  gtz: 'gutierrez',
  alvz: 'alvarez',
}
