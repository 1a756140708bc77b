//go:build bench

package main

import (
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/emulator"
)

const (
	user     = "admin"
	password = "hackme"
)

// fill gives an emulated Icecast-KH so many mounts, each with everything that a real one says.
func fill(s *emulator.Icecast, mounts int) {
	for i := range mounts {
		s.SetMount(emulator.Mount{
			Name: fmt.Sprintf("/channel%05d.mp3", i), Listeners: i % 997, Slow: i % 7, Max: 5000, Connected: time.Now().Add(-time.Duration(i) * time.Minute),
			Title: fmt.Sprintf("Artist %d - Track %d & more", i%31, i), ServerName: fmt.Sprintf("Channel %d", i), Genre: "Jazz",
			Description: "All that is played", Bitrate: "128", SourceIP: "192.0.2.1", UserAgent: "source/1.0",
			BytesRead: int64(i) * 16000, BytesSent: int64(i) * 160000, ListenerConnections: int64(i),
			IncomingBitrate: 128000, OutgoingKbitrate: int64(i), QueueSize: 65536,
		})
	}
}

// icecastDocuments are the two documents of a server with so many mounts.
func icecastDocuments(mounts int) (listmounts, stats []byte, err error) {
	s, err := emulator.StartIcecast(emulator.IcecastConfig{Username: user, Password: password})
	if err != nil {
		return nil, nil, err
	}
	defer s.Close()
	fill(s, mounts)
	if listmounts, err = get(s.URL() + "/admin/listmounts"); err != nil {
		return nil, nil, err
	}
	stats, err = get(s.URL() + "/admin/stats")
	return listmounts, stats, err
}

// wowzaDocument is the document of a server with so many streams in ten applications.
func wowzaDocument(streams int) ([]byte, error) {
	s, err := emulator.StartWowza(emulator.WowzaConfig{Auth: emulator.ProfileNone})
	if err != nil {
		return nil, err
	}
	defer s.Close()
	for i := range streams {
		s.SetStream("_defaultVHost_", fmt.Sprintf("live%d", i%10), "_definst_", emulator.Stream{
			Name: fmt.Sprintf("mp4:channel %05d.mp4", i), Flash: i % 7, Cupertino: i % 997, SanJose: i % 3, Smooth: i % 5, RTSP: i % 11, MPEGDash: i % 101,
		})
	}
	return get(s.URL() + "/connectioncounts")
}

func get(url string) ([]byte, error) {
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	req.SetBasicAuth(user, password)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	return io.ReadAll(resp.Body)
}
