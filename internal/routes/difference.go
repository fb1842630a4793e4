package routes

import "slices"

// differences lists the weak observations that a table does not send to who has
// answered them, each shape of a path once.
func differences(t *Table, weak []Observation) (all []Difference) {
	for i := range weak {
		o := &weak[i]
		now := t.For(o.Method, o.Path)
		if now == o.Backend {
			continue
		}
		all = append(all, Difference{o.Method, Shape(o.Path), o.Backend, now, slices.Contains(o.Refused, now)})
	}
	slices.SortFunc(all, func(a, b Difference) int {
		return compareStrings(a.Path, b.Path, a.Method, b.Method, a.Was, b.Was, a.Now, b.Now, said(a.Refused), said(b.Refused))
	})
	return slices.Compact(all)
}

func said(b bool) string {
	if b {
		return "1"
	}
	return "0"
}
