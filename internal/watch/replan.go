package watch

import "time"

// reread takes up changed ignore rules. A file that they no longer hide has not
// changed by that; one that nothing ever hid is new.
func (o *observer) reread() {
	o.replan(update{targets: o.plan.targets()})
}

// update takes up new targets.
func (o *observer) update(u update) {
	if !o.plan.has(u.targets) {
		o.replan(u)
	}
}

// replan reads targets and ignore rules, and takes up what they want.
func (o *observer) replan(u update) {
	p, err := newPlan(o.w.Root, u.targets)
	if err != nil {
		return // the same targets were read before
	}
	p.follow(o.plan, func(name string) time.Time { return u.since[name] })
	o.adopt(p)
	o.survey(false)
	o.hint()
}
