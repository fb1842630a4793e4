package session

// jobHelp is what the help says of keys that the terminal makes signals of: there are none.
const jobHelp = ""
