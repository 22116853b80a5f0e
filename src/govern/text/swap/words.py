"""Word lists behind the rules of a swap: closed classes, written here, English only."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


DETERMINERS = _words(
    "a an the this that these those my your his her its our their all every each some any no both "
    "another several many few most what which whose"
)
OBJECT_PRONOUNS = _words(
    "me you him her it us them others everyone everybody anyone anybody someone somebody nobody "
    "everything anything something nothing"
)
SUBJECT_PRONOUNS = _words("i you he she it we they who")
PREPOSITIONS = _words(
    "to for with in on at by from of as about after before during through into onto over under "
    "since until till than between among against across behind beyond despite like near off out "
    "per toward towards up upon via within without around throughout because regarding apart "
    "aside down back away forward along together"
)
CONJUNCTIONS = _words(
    "and but or nor so yet because when while if though although that who whom which where why "
    "how what whether unless then"
)
AUXILIARIES = _words(
    "is are was were am be been being has have had does do did can could will would shall should "
    "may might must cannot can't couldn't won't wouldn't shouldn't isn't aren't wasn't weren't "
    "hasn't haven't hadn't doesn't don't didn't needn't mustn't"
)
MODALS = _words(
    "can could will would shall should may might must cannot can't couldn't won't wouldn't "
    "shouldn't needn't mustn't mightn't ought"
)
ADVERBS = _words(
    "again too well directly yesterday today tomorrow now then here there always never often also "
    "still just rarely seldom sometimes usually even only already almost not soon later once "
    "twice alone instead anyway enough more most less much far hard fast together afterwards ever "
    "thus perhaps maybe indeed otherwise rather quite very better best nowadays hence besides "
    "both certainly first either neither therefore however meanwhile nonetheless nevertheless "
    "somehow somewhat likewise moreover"
)
NOT_ADVERBS_IN_LY = _words(
    "early friendly timely daily weekly monthly quarterly yearly hourly orderly costly lively "
    "likely unlikely family supply reply assembly monopoly anomaly ally rally scholarly elderly "
    "lovely lonely bodily rely apply comply imply multiply"
)
TIME_UNITS = _words(
    "day week month quarter year time night morning evening afternoon spring summer autumn fall "
    "winter monday tuesday wednesday thursday friday saturday sunday january february march april "
    "may june july august september october november december weekend"
)
MONTHS = _words(
    "january february march april may june july august september october november december"
)
CALENDAR = MONTHS | _words("monday tuesday wednesday thursday friday saturday sunday")
NUMBERS = _words("one two three four five six seven eight nine ten eleven twelve")

#: Verbs that take a person and a thing: in "gave her feedback", *her* is who got it.
GIVING = _words(
    "give gave gives given giving offer offered offers offering grant granted grants award "
    "awarded awards hand handed hands send sent sends sending pay paid pays paying show showed "
    "shows shown showing teach taught teaches teaching earn earned earns win won wins cost costs "
    "bring brought brings owe owed owes promise promised promises assign assigned assigns wish "
    "wished wishes tell told tells telling lend lent lends buy bought buys take took takes deny "
    "denied denies allow allowed allows save saved saves spare spared"
)
#: Verbs followed by a person and a bare infinitive: "let her lead".
LETTING = _words(
    "let lets letting help helps helped helping make makes made making see sees saw seen seeing "
    "watch watches watched watching hear hears heard hearing have had having"
)
#: Verbs followed by a person and a participle: "kept her waiting".
KEEPING = _words(
    "keep keeps kept find finds found leave leaves left catch catches caught see sees saw seen "
    "hear hears heard watch watches watched stop stops stopped get gets got have has had start "
    "starts started notice noticed remember remembers"
)
#: Verbs followed by a person and a quality: "found her helpful".
JUDGING = _words(
    "find finds found call calls called make makes made keep keeps kept consider considers "
    "considered deem deems deemed think thinks thought rate rates rated leave leaves left get "
    "gets got render renders rendered believe believed judge judged want wants wanted declare "
    "declared drive drove"
)
#: Verbs followed by a person and a post: "elected her chair".
NAMING = _words("elect elected elects appoint appointed appoints name named names crown crowned")
ADJECTIVES = _words(
    "calm ready proud fair late early open kind clear sharp strong weak rude tired busy easy "
    "happy unhappy sad good bad great quick slow safe sick ill well free able unable aware "
    "unaware busier stronger better worse best honest modest shy bold brave nice polite tough "
    "cold warm loyal precise thorough accurate diligent patient confident competent efficient "
    "brilliant excellent difficult important essential impatient distant absent silent right "
    "wrong keen eager steady capable special unique key popular professional"
)
ADJECTIVE_ENDINGS = ("able", "ible", "ful", "ive", "ous", "less", "ed", "ing", "ish", "ic")
PEOPLE = _words(
    "team teams manager managers colleague colleagues staff peer peers report reports client "
    "clients customer customers boss group department unit successor deputy mentee mentees mentor "
    "mentors assistant employer employees teammate teammates partner partners squad crew desk "
    "branch family husband wife spouse mother father son daughter children parents supervisor "
    "direct line junior juniors company"
)
#: Plural nouns that *they* may stand for instead of the person.
PLURAL_PEOPLE = _words(
    "people clients customers colleagues peers juniors seniors clerks managers members users "
    "vendors suppliers employees partners stakeholders auditors analysts engineers trainees "
    "interns teammates candidates patients students others leaders directors executives investors "
    "tellers nurses developers designers parents children women men borrowers callers buyers "
    "sellers brokers officers agents advisers advisors consultants contractors applicants "
    "residents guests visitors readers owners teams branches departments regulators couriers "
    "drivers assistants mentees reps newcomers starters participants"
)
#: First names that are English words too; only these need a rule at the start of a sentence.
WORD_NAMES = _words(
    "will grace mark may rich hope bill joy faith art grant chase frank rose rob drew pat sue "
    "jack dean miles summer april june august iris dawn amber victor christian earnest guy gene "
    "ray skip sunny melody crystal ruby pearl robin sandy daisy lily ivy holly heather olive "
    "ginger basil herb cliff clay reed wade lance gale patience prudence charity constance angel "
    "ebony jasmine precious destiny harmony serenity trinity felicity verity honor justice chance "
    "sterling major duke earl prince king dale glen forest brook brooke heath lane penny gay "
    "merry jay jean josh nick don tad bob mike max rusty buddy buck chip dusty hunter mason "
    "carter cooper parker tanner taylor tucker wren robin colt fern hazel violet pansy poppy "
    "autumn winter star sky ken"
)
#: Word names that are auxiliaries: a question starts with them.
ASKING_NAMES = _words("will may")
#: What follows the word at the start of a sentence when a name like Hope is meant as the word.
ABSTRACT = _words("hope grace faith joy patience prudence charity justice chance harmony honor")


def is_adverb(word: str) -> bool:
    """An adverb of the list or of the ending."""
    return word in ADVERBS or (word.endswith("ly") and len(word) > 4)
