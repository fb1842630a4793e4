package project

// scriptHint is the way out that is always there: a list needs no quotes.
const scriptHint = `command = ["program", "argument"] is run as it is`

// programEnding ends the name of a program.
const programEnding = ".exe"

// script is what runs a text.
func (p *Project) script(text string, s *Service) ([]string, error) {
	return cmdScript(text, p.lookup(s))
}
