package proposal

// oddFolder is a name that turns the text after it round: here no name has characters that
// a terminal would obey.
const oddFolder = "docs\u202e"
