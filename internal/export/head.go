package export

import (
	"fmt"
	"slices"
	"strings"

	"devgate/internal/routes"
)

// differencesShown is how many differences a head lists; --json has all.
const differencesShown = 12

// head is the comment at the top of what is written: from what it was made, what is
// a guess, what is answered in another way, and what the target cannot do.
func (m *Model) head(target string, cannot []string) []string {
	lines := []string{
		fmt.Sprintf("%s, by devgate %s (devgate export %s)", plainText(m.Project), m.Version, target),
		"",
	}
	if m.Cascade {
		lines = append(lines, m.cascadeText()...)
	} else {
		lines = append(lines, m.routesText()...)
	}
	if len(cannot) > 0 {
		lines = append(lines, "", "not as devgate does it:")
		for _, text := range cannot {
			lines = append(lines, "  - "+plainText(text))
		}
	}
	return lines
}

// cascadeText says who is asked, in which order.
func (m *Model) cascadeText() []string {
	lines := append([]string{"the cascade: " + m.cascadeOrder()}, m.unseenText()...)
	if m.Why != "" {
		lines = append(lines, "and no routes, as "+plainText(m.Why))
	}
	return lines
}

func (m *Model) cascadeOrder() string {
	var steps []string
	static := m.Static
	for _, b := range m.chain() {
		if b.Fallback && static != "" {
			steps, static = append(steps, "static"), ""
		}
		name := b.Name
		if len(b.Patterns) > 0 {
			texts := make([]string, len(b.Patterns))
			for i, p := range b.Patterns {
				texts[i] = p.String()
			}
			name += " (" + plainText(strings.Join(texts, " ")) + ")"
		}
		steps = append(steps, name)
	}
	if static != "" {
		steps = append(steps, "static")
	}
	return strings.Join(append(steps, "404"), " → ")
}

// routesText is the table, its evidence, and what it changes.
func (m *Model) routesText() []string {
	r := m.Learned
	from := "the `paths` of the Devgatefile"
	if r.Requests > 0 {
		seen := fmt.Sprintf("%s to %s that devgate has seen", count(r.Requests, "request"), count(r.Paths, "path"))
		if slices.ContainsFunc(r.Table.Routes, func(r routes.Route) bool { return r.Declared }) {
			from += " and " + seen
		} else {
			from = seen
		}
	}
	lines := []string{"made from " + from, "", "routes:"}
	for i := range r.Table.Routes {
		lines = append(lines, "  "+routeText(&r.Table.Routes[i]))
	}
	if rest := "  everything else → " + orNobody(m.Default); r.DefaultSeen {
		lines = append(lines, rest)
	} else {
		lines = append(append(lines, rest+" (guess: no request has shown it)"), m.unseenText()...)
	}
	lines = append(lines, differencesText(r.Differences)...)
	for _, c := range r.Conflicts {
		lines = append(lines, fmt.Sprintf("no route: %s %s was answered by %s", c.Method, plainText(c.Path), strings.Join(c.Backends, " and ")))
	}
	return lines
}

// Unseen says what is not known of who gets all other paths, and what to do; "":
// it is known.
func (m *Model) Unseen() string {
	switch {
	case m.Learned.DefaultSeen:
		return ""
	case m.Cascade:
		return "no request has shown who answers a path that nobody knows: if one does with a page, it hides all that are asked after it"
	}
	return "no request has shown who answers a path that no route is for: that " + orNobody(m.Default) + " does is a guess"
}

// unseenNext is what to do about it.
const unseenNext = "open a page of the app, and one that does not exist, while devgate runs, and export again"

func (m *Model) unseenText() []string {
	if text := m.Unseen(); text != "" {
		return []string{"", "not known: " + text, "  - " + unseenNext, "  - or say in the Devgatefile which backend answers everything (spa = true)"}
	}
	return nil
}

func orNobody(name string) string {
	if name == "" {
		return "404"
	}
	return name
}

func routeText(r *routes.Route) string {
	text := r.Pattern.String()
	if r.Method != "" {
		text = r.Method + " " + text
	}
	text = plainText(text) + " → " + r.Backend
	switch {
	case r.Declared:
		return text + " (declared)"
	case r.Guess:
		return text + " (guess: " + count(r.Paths, "path") + " seen)"
	}
	return text + " (" + count(r.Paths, "path") + " seen)"
}

// differencesText says what of the log gets another answer by routes.
func differencesText(all []routes.Difference) (lines []string) {
	if len(all) == 0 {
		return nil
	}
	lines = []string{"", "answered by another than in devgate, where the cascade went on:"}
	for _, d := range all[:min(len(all), differencesShown)] {
		lines = append(lines, "  "+plainText(differenceText(d)))
	}
	if more := len(all) - differencesShown; more > 0 {
		lines = append(lines, fmt.Sprintf("  and %d more (--json has all)", more))
	}
	return lines
}

func differenceText(d routes.Difference) string {
	now := orNobody(d.Now)
	if d.Refused {
		now += ", which refuses it"
	}
	return fmt.Sprintf("%s %s: was %s's, is %s", d.Method, d.Path, d.Was, strings.TrimSuffix(now, ","))
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// commented puts a mark before each line, and a line without anything behind them.
func commented(mark string, lines []string) string {
	var b strings.Builder
	for _, line := range lines {
		b.WriteString(strings.TrimRight(mark+" "+line, " ") + "\n")
	}
	return b.String() + "\n"
}
