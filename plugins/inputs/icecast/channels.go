package icecast

import (
	"net/url"
	"strings"
	"time"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/emit"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/schema"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/stream"
)

// labels is one mount tag of one server: what stays the same of it, and what is counted in one gather. Two spellings
// of a mount (KH takes /live.mp3 and /live%2Emp3 for two) share it, so that their points do not overwrite each other.
type labels struct {
	mount  string
	series *emit.Series

	round   uint64          // of the gather that the rest belongs to
	channel *stream.Channel // the first spelling listed
	current int64
	known   bool // current is the listeners of all spellings
	stats   *source
}

// observe holds the documents against what is known of the server: which mounts there are, which are gone, which sources
// are new. w.channels is the result, in the order of the document.
func (sv *server) observe(g *gather, w *worker, at time.Time, heavy bool) {
	doc := w.listmounts
	capped := sv.sight(w)
	if capped && !sv.saidMost {
		sv.saidMost = true
		g.Log.Warnf("%s lists more than %d mounts; only the first ones are taken, raise max_mounts or narrow mounts_include", sv.Label, g.plugin.MaxMounts)
	}
	restarted := heavy && w.stats.Start != unknown && sv.started != 0 && w.stats.Start != sv.started
	if heavy && w.stats.Start != unknown {
		sv.started = w.stats.Start
	}
	gone := sv.tracker.Observe(stream.At(at), w.sightings, doc.Whole && !capped, restarted)

	sv.round++
	w.channels = w.channels[:0]
	for i := range w.sightings {
		c := w.sightings[i].Channel
		sv.count(w, sv.labels(c, doc.KH), c, w.listed[i].Listeners)
	}
	if heavy {
		sv.join(w, at)
	}
	for _, c := range gone {
		if l := sv.labels(c, doc.KH); l.round != sv.round {
			sv.count(w, l, c, 0)
		}
	}
}

// sight makes the sightings of the document's mounts that are channels and wanted, and says whether max_mounts cut them. What it
// makes none of has listeners all the same.
func (sv *server) sight(w *worker) (capped bool) {
	p := sv.plugin
	w.sightings, w.listed, w.beside = w.sightings[:0], w.listed[:0], 0
	for _, m := range w.listmounts.Mounts {
		channel := isChannel(m.Mount)
		switch {
		case !p.selects(m.Mount, w.listmounts.KH):
		case channel && len(w.sightings) < p.MaxMounts:
			w.sightings = append(w.sightings, stream.Sighting{Name: m.Mount, Connected: m.Connected})
			w.listed = append(w.listed, m)
		default:
			capped = capped || channel
			w.beside += max(0, m.Listeners)
		}
	}
	return capped
}

// wants says that a mount is a channel, and one of those that were asked for.
func (i *Icecast) wants(mount []byte, kh bool) bool { return isChannel(mount) && i.selects(mount, kh) }

// selects says that the options do not leave a mount out.
func (i *Icecast) selects(mount []byte, kh bool) bool {
	return !i.filtered || i.mounts.Match(mountTag(string(mount), kh))
}

// count adds one channel's listeners to its mount.
func (sv *server) count(w *worker, l *labels, c *stream.Channel, listeners int64) {
	if l.round != sv.round {
		l.round, l.channel, l.current, l.known, l.stats = sv.round, c, 0, true, nil
		w.channels = append(w.channels, l)
	} else if l.channel == c {
		return // listed twice under the very same name: the first one counts
	}
	if listeners == unknown {
		l.known = false
		return
	}
	l.current += listeners
}

// join finds the channels of the stats' sources. Sources that are not listed in listmounts are not on air.
func (sv *server) join(w *worker, at time.Time) {
	for i := range w.stats.Sources {
		src := &w.stats.Sources[i]
		c := sv.tracker.Find(w.stats.text(src.Mount))
		if c == nil {
			continue
		}
		if l, ok := c.Labels.(*labels); ok && l.round == sv.round && l.channel == c {
			l.stats = src
			c.Exact(stream.At(at), src.Start)
		}
	}
}

// labels returns a channel's labels, made when it is new.
func (sv *server) labels(c *stream.Channel, kh bool) *labels {
	if l, ok := c.Labels.(*labels); ok {
		return l
	}
	tag := mountTag(c.Name, kh)
	l := sv.otherSpelling(c, tag)
	if l == nil {
		l = &labels{mount: emit.SafeTag(tag), series: emit.NewSeries(sv.Base, emit.Tag{Key: schema.TagMount, Value: tag})}
	}
	if tag != c.Name {
		sv.respelled = append(sv.respelled, c)
	}
	c.Labels = l
	return l
}

// otherSpelling finds the labels of another channel with the same mount tag.
func (sv *server) otherSpelling(c *stream.Channel, tag string) *labels {
	if other := sv.tracker.Lookup(tag); other != nil && other != c {
		if l, ok := other.Labels.(*labels); ok && l.mount == emit.SafeTag(tag) {
			return l
		}
	}
	kept := sv.respelled[:0]
	var found *labels
	for _, other := range sv.respelled {
		if sv.tracker.Lookup(other.Name) != other {
			continue // forgotten
		}
		kept = append(kept, other)
		if l := other.Labels.(*labels); l.mount == emit.SafeTag(tag) {
			found = l
		}
	}
	sv.respelled = kept
	return found
}

// mountTag is the one spelling of a mount: KH keeps the %-escapes of the source's request, 2.4 and 2.5 decode them.
func mountTag(raw string, kh bool) string {
	if kh && strings.IndexByte(raw, '%') >= 0 {
		if decoded, err := url.PathUnescape(raw); err == nil {
			return decoded
		}
	}
	return raw
}

// isChannel says that a mount is no pseudo-mount of KH (fserve.c: fallback-/… and file-/…), which has no source.
func isChannel(mount []byte) bool {
	return len(mount) > 0 && mount[0] != 'f' || !isPseudo(string(mount))
}

func isPseudo(mount string) bool {
	return strings.HasPrefix(mount, "fallback-/") || strings.HasPrefix(mount, "file-/")
}
