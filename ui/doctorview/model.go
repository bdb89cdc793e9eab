// Package doctorview shows a check of a connection: the verdict, a picture of
// who connects to whom and where that was stopped, and every step.
//
// It exists as one feature of the window. The model turns what package doctor
// found into rows, a verdict and a picture of plain values; the picture's
// layout is geometry without a window; the view draws both.
package doctorview

import (
	"slices"

	"wherry/sync/ftpfs/doctor"
	"wherry/sync/site"
	"wherry/sync/vfs"
	"wherry/ui/words"
)

// Tone is what something means to a person, for its colour and sign.
type Tone uint8

// The tones.
const (
	Quiet   Tone = iota // not tried, or it does not matter
	Busy                // going on
	Good                // works
	Caution             // works, and something should be known
	Bad                 // does not work
)

// order is that of the steps, so that all can be shown before they were made.
var order = []doctor.StepID{
	doctor.Resolve, doctor.Connect, doctor.Greeting, doctor.TLS, doctor.Login, doctor.Features,
	doctor.EPSV, doctor.PASV, doctor.EPRT, doctor.PORT, doctor.Reuse, doctor.List,
	doctor.Upload, doctor.Download, doctor.Resume, doctor.Rename, doctor.Delete, doctor.Clock, doctor.Encoding,
}

// Model is one check, as far as it has come. It belongs to one goroutine.
type Model struct {
	site     site.Site
	steps    []doctor.Step
	report   doctor.Report // whole once the check is over
	failure  error         // the check could not be made at all
	running  bool
	stopping bool // cancelled, and not over yet
	open     doctor.StepID
	chosen   bool // open was chosen by the person
}

// Begin forgets what was found and waits for the steps of a check of s.
func (m *Model) Begin(s site.Site) { *m = Model{site: s, running: true} }

// Take adds a step that was made. Until the person chose another one, the
// first that failed is unfolded.
func (m *Model) Take(s doctor.Step) {
	if !m.running {
		return
	}
	m.steps = append(m.steps, s)
	m.unfoldFailure()
}

// Stop says that the check was cancelled; its end is still to come.
func (m *Model) Stop() { m.stopping = m.running }

// End takes the whole report, or why the check could not be made.
func (m *Model) End(r doctor.Report, err error) {
	m.running, m.stopping = false, false
	m.report, m.failure = r, err
	if err == nil {
		m.steps = r.Steps
	}
	m.unfoldFailure()
}

// Running says whether the check goes on.
func (m *Model) Running() bool { return m.running }

// Stopping says whether it was cancelled and goes on for a moment.
func (m *Model) Stopping() bool { return m.stopping }

// Report returns the whole report; ok is false while there is none.
func (m *Model) Report() (r doctor.Report, ok bool) {
	return m.report, !m.running && m.failure == nil && len(m.report.Steps) > 0
}

// soFar is the report as far as it has come.
func (m *Model) soFar() doctor.Report {
	if r, ok := m.Report(); ok {
		return r
	}
	return doctor.Partial(m.site, m.steps)
}

// Toggle unfolds a step, or folds it again.
func (m *Model) Toggle(id doctor.StepID) {
	if m.open == id {
		id = ""
	}
	m.open, m.chosen = id, true
}

func (m *Model) unfoldFailure() {
	if m.chosen {
		return
	}
	for _, s := range m.steps {
		if s.Status == doctor.Failed {
			m.open = s.ID
			return
		}
	}
}

// current is the step that is being made, "" for none.
func (m *Model) current() doctor.StepID {
	if !m.running || m.failure != nil {
		return ""
	}
	for _, id := range order {
		if !slices.ContainsFunc(m.steps, func(s doctor.Step) bool { return s.ID == id }) {
			return id
		}
	}
	return ""
}

// Progress is how much of the check is done, from 0 to 1.
func (m *Model) Progress() float32 {
	return min(float32(len(m.steps))/float32(len(order)), 1)
}

// Row is one step as the list shows it.
type Row struct {
	ID   doctor.StepID
	Tone Tone
	// Made is false for a step that is still to come.
	Made             bool
	Name, Seen, Took string
	// Details are the paragraphs that unfold, none where Seen says it all.
	Details []Detail
	Open    bool
}

// Detail is one paragraph of an unfolded step.
type Detail struct {
	Text  string
	Quiet bool // what was seen, and not what it means
}

// Rows returns all steps in order, those to come at the end.
func (m *Model) Rows() []Row {
	r, now := m.soFar(), m.current()
	rows := make([]Row, 0, len(order))
	why := "" // what the last row that said something says
	for _, id := range order {
		i := slices.IndexFunc(m.steps, func(s doctor.Step) bool { return s.ID == id })
		if i >= 0 {
			row := m.row(m.steps[i], r)
			if row.Tone == Quiet && row.Seen == why {
				row.Seen = "" // said above
			} else {
				why = row.Seen
			}
			rows = append(rows, row)
			continue
		}
		if !m.running {
			continue // a check that was not made has no such step
		}
		row := Row{ID: id, Name: words.Step(doctor.Step{ID: id, Status: doctor.NotPossible}, r, words.Window).Name}
		if id == now {
			row.Tone = Busy
		}
		rows = append(rows, row)
	}
	return rows
}

func (m *Model) row(s doctor.Step, r doctor.Report) Row {
	w := words.Step(s, r, words.Window)
	row := Row{ID: s.ID, Made: true, Name: w.Name, Seen: w.Seen, Took: words.TookOf(s), Open: m.open == s.ID}
	switch s.Status {
	case doctor.Passed:
		row.Tone = Good
		if w.Do != "" {
			row.Tone = Caution
		}
	case doctor.Failed:
		row.Tone = Bad
		if s.Kind() == vfs.KindCancelled {
			row.Tone = Quiet
		}
	}
	if w.Seen != "" {
		row.Details = append(row.Details, Detail{Text: sentence(w.Seen), Quiet: true})
	}
	if w.Means != "" {
		row.Details = append(row.Details, Detail{Text: w.Means})
	}
	if w.Do != "" {
		row.Details = append(row.Details, Detail{Text: "What helps: " + w.Do})
	}
	if row.Seen == "" {
		row.Seen = w.Means
	}
	return row
}

// Verdict is what stands on top.
type Verdict struct {
	Tone          Tone
	Title, Remedy string
}

// Verdict sums up what is known by now.
func (m *Model) Verdict() Verdict {
	host := words.Safe(m.site.Host)
	switch {
	case m.stopping:
		return Verdict{Tone: Quiet, Title: "Cancelling the check of " + host + "…"}
	case m.running:
		v := Verdict{Tone: Busy, Title: "Checking the connection to " + host + "…", Remedy: "Each step is tried by itself."}
		if now := m.current(); now != "" {
			v.Remedy = "Now: " + words.Step(doctor.Step{ID: now, Status: doctor.NotPossible}, m.soFar(), words.Window).Name + "."
		}
		return v
	case m.failure != nil:
		w := words.Of(m.failure, words.Window)
		return Verdict{Tone: Bad, Title: w.Title, Remedy: w.Remedy}
	}
	w := words.Verdict(m.report)
	return Verdict{Tone: m.tone(), Title: w.Title, Remedy: w.Remedy}
}

func (m *Model) tone() Tone {
	r := m.report
	if s, ok := r.Stopped(); ok {
		if s.Kind() == vfs.KindCancelled {
			return Quiet
		}
		return Bad
	}
	if !r.Works() {
		return Bad
	}
	for _, s := range r.Steps {
		if s.Status == doctor.Failed && s.Attempt == nil {
			return Caution
		}
	}
	return Good
}

// Offer returns the mode that the site should use and does not, "" for none.
func (m *Model) Offer() site.Mode {
	r, ok := m.Report()
	switch {
	case !ok:
	case r.Active.Works && !r.Passive.Works && r.Site.Mode != site.ModeActive:
		return site.ModeActive
	case r.Passive.Works && !r.Active.Works && r.Site.Mode == site.ModeActive:
		return site.ModePassive
	}
	return ""
}
