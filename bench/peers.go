//go:build bench

package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strconv"

	"github.com/tdewolff/parse/v2"
	lexer "github.com/tdewolff/parse/v2/xml"
)

// sweep finds every "<": no reader can be faster.
func sweep(doc []byte) (n int) {
	for {
		j := bytes.IndexByte(doc, '<')
		if j < 0 {
			return n
		}
		doc = doc[j+1:]
		n++
	}
}

// The documents as encoding/xml reads them, with the values that this project reads.
type xmlListmounts struct {
	Sources []struct {
		Mount     string `xml:"mount,attr"`
		Listeners int64  `xml:"listeners"`
		Connected int64  `xml:"Connected"`
	} `xml:"source"`
}

type xmlStats struct {
	Listeners   int64  `xml:"listeners"`
	Clients     int64  `xml:"clients"`
	Sources     int64  `xml:"sources"`
	Connections int64  `xml:"connections"`
	ServerID    string `xml:"server_id"`
	ServerStart string `xml:"server_start"`
	Source      []struct {
		Mount               string `xml:"mount,attr"`
		Listeners           int64  `xml:"listeners"`
		Peak                int64  `xml:"listener_peak"`
		Slow                int64  `xml:"slow_listeners"`
		Max                 string `xml:"max_listeners"`
		ListenerConnections int64  `xml:"listener_connections"`
		BytesRead           int64  `xml:"total_bytes_read"`
		BytesSent           int64  `xml:"total_bytes_sent"`
		IncomingBitrate     int64  `xml:"incoming_bitrate"`
		OutgoingKbitrate    int64  `xml:"outgoing_kbitrate"`
		Bitrate             string `xml:"bitrate"`
		QueueSize           int64  `xml:"queue_size"`
		StreamStart         string `xml:"stream_start"`
		Title               string `xml:"title"`
		ServerName          string `xml:"server_name"`
		Description         string `xml:"server_description"`
		Genre               string `xml:"genre"`
		ContentType         string `xml:"server_type"`
		SourceIP            string `xml:"source_ip"`
		UserAgent           string `xml:"user_agent"`
		ListenURL           string `xml:"listenurl"`
	} `xml:"source"`
}

type xmlCounters struct {
	Name        string  `xml:"Name"`
	TimeRunning float64 `xml:"TimeRunning"`
	Current     int64   `xml:"ConnectionsCurrent"`
	Total       int64   `xml:"ConnectionsTotal"`
	Accepted    int64   `xml:"ConnectionsTotalAccepted"`
	Rejected    int64   `xml:"ConnectionsTotalRejected"`
	In          float64 `xml:"MessagesInBytesRate"`
	Out         float64 `xml:"MessagesOutBytesRate"`
}

type xmlStream struct {
	Name      string `xml:"Name"`
	Flash     int64  `xml:"SessionsFlash"`
	Cupertino int64  `xml:"SessionsCupertino"`
	SanJose   int64  `xml:"SessionsSanJose"`
	Smooth    int64  `xml:"SessionsSmooth"`
	RTSP      int64  `xml:"SessionsRTSP"`
	MPEGDash  int64  `xml:"SessionsMPEGDash"`
	Total     int64  `xml:"SessionsTotal"`
}

type xmlConnectionCounts struct {
	xmlCounters
	VHosts []struct {
		xmlCounters
		Limit        int64 `xml:"ConnectionsLimit"`
		Applications []struct {
			xmlCounters
			Instances []struct {
				xmlCounters
				Streams []xmlStream `xml:"Stream"`
			} `xml:"ApplicationInstance"`
		} `xml:"Application"`
	} `xml:"VHost"`
}

// unmarshal reads a document with encoding/xml and returns its items and listeners.
func unmarshal(kind string, doc []byte) (items int, listeners int64, err error) {
	switch kind {
	case "listmounts":
		var d xmlListmounts
		err = xml.Unmarshal(doc, &d)
		for i := range d.Sources {
			listeners += d.Sources[i].Listeners
		}
		return len(d.Sources), listeners, err
	case "stats":
		var d xmlStats
		err = xml.Unmarshal(doc, &d)
		for i := range d.Source {
			listeners += d.Source[i].Listeners
		}
		return len(d.Source), listeners, err
	}
	var d xmlConnectionCounts
	err = xml.Unmarshal(doc, &d)
	for _, v := range d.VHosts {
		for _, a := range v.Applications {
			for _, i := range a.Instances {
				for s := range i.Streams {
					listeners += i.Streams[s].Total
				}
				items += len(i.Streams)
			}
		}
	}
	return items, listeners, err
}

// lex reads a document with tdewolff's lexer. Only items and listeners are taken out; it decodes no values.
func lex(kind string, doc []byte) (items int, listeners int64, err error) {
	item, count := "source", "listeners"
	if kind == "connectioncounts" {
		item, count = "Stream", "SessionsTotal"
	}
	l := lexer.NewLexer(parse.NewInputBytes(doc))
	inItem, counting := false, false
	for {
		token, _ := l.Next()
		switch token {
		case lexer.ErrorToken:
			if errors.Is(l.Err(), io.EOF) {
				return items, listeners, nil
			}
			return items, listeners, l.Err()
		case lexer.StartTagToken:
			name := string(l.Text())
			if name == item {
				inItem = true
				items++
			}
			counting = inItem && name == count
		case lexer.TextToken:
			if counting {
				n, err := strconv.ParseInt(string(l.Text()), 10, 64)
				if err != nil {
					return items, listeners, err
				}
				listeners += n
			}
		case lexer.EndTagToken:
			counting = false
		}
	}
}
