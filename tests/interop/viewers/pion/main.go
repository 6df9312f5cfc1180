// A viewer on pion. ../../README.md says which commands it takes and which events it prints.
package main

import (
	"bufio"
	"errors"
	"flag"
	"os"
	"runtime/debug"
	"strings"

	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"
)

type viewer struct {
	whep       whep
	connection *webrtc.PeerConnection
	answer     string
	video      *webrtc.RTPTransceiver
}

func newViewer(url string) (*viewer, error) {
	// Its default connects over UDP only.
	settings := webrtc.SettingEngine{}
	settings.SetNetworkTypes([]webrtc.NetworkType{
		webrtc.NetworkTypeUDP4, webrtc.NetworkTypeUDP6, webrtc.NetworkTypeTCP4, webrtc.NetworkTypeTCP6,
	})
	api := webrtc.NewAPI(webrtc.WithSettingEngine(settings))
	connection, err := api.NewPeerConnection(webrtc.Configuration{BundlePolicy: webrtc.BundlePolicyMaxBundle})
	if err != nil {
		return nil, err
	}
	connection.OnConnectionStateChange(func(state webrtc.PeerConnectionState) {
		switch state {
		case webrtc.PeerConnectionStateConnected:
			say("connected", nil)
		case webrtc.PeerConnectionStateFailed, webrtc.PeerConnectionStateClosed:
			say("closed", event{"why": state.String()})
		}
	})
	connection.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		received := counter{kind: track.Kind().String()}
		for {
			packet, _, err := track.ReadRTP()
			if err != nil {
				return // The track has ended.
			}
			received.onPacket(packet.SequenceNumber, packet.Marker)
		}
	})
	return &viewer{whep: whep{endpoint: url}, connection: connection}, nil
}

func (v *viewer) watch(media []string, trickle bool) error {
	for _, kind := range media {
		init := webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly}
		transceiver, err := v.connection.AddTransceiverFromKind(webrtc.NewRTPCodecType(kind), init)
		if err != nil {
			return err
		}
		if kind == "video" && v.video == nil {
			v.video = transceiver
		}
	}
	offer, err := v.offer(nil)
	if err != nil {
		return err
	}
	sent := offer
	if trickle {
		sent = withoutCandidates(offer)
	}
	if v.answer, err = v.whep.offer(sent); err != nil {
		return err
	}
	if err := v.accept(); err != nil || !trickle {
		return err
	}
	_, err = v.whep.patch(fragment(offer))
	return err
}

// offer has all candidates.
func (v *viewer) offer(options *webrtc.OfferOptions) (string, error) {
	offer, err := v.connection.CreateOffer(options)
	if err != nil {
		return "", err
	}
	gathered := webrtc.GatheringCompletePromise(v.connection)
	if err := v.connection.SetLocalDescription(offer); err != nil {
		return "", err
	}
	<-gathered
	return v.connection.LocalDescription().SDP, nil
}

func (v *viewer) accept() error {
	return v.connection.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: v.answer})
}

func (v *viewer) command(word string) error {
	switch word {
	case "pli":
		ssrc := uint32(v.video.Receiver().Track().SSRC())
		if err := v.connection.WriteRTCP([]rtcp.Packet{&rtcp.PictureLossIndication{MediaSSRC: ssrc}}); err != nil {
			return err
		}
		say("asked", nil)
	case "restart":
		offer, err := v.offer(&webrtc.OfferOptions{ICERestart: true})
		if err != nil {
			return err
		}
		reply, err := v.whep.patch(fragment(offer))
		if err != nil {
			return err
		}
		v.answer = restarted(v.answer, reply)
		if err := v.accept(); err != nil {
			return err
		}
		say("restarted", nil)
	case "leave":
		if err := v.whep.leave(); err != nil {
			return err
		}
		return v.connection.Close()
	}
	return nil
}

func run() error {
	media := flag.String("media", "video", "the m-lines of the offer, in order: video, or audio,video and so on")
	trickle := flag.Bool("trickle", false, "offer no candidates and send them by PATCH")
	flag.Parse()
	viewer, err := newViewer(flag.Arg(0))
	if err != nil {
		return err
	}
	if err := viewer.watch(strings.Split(*media, ","), *trickle); err != nil {
		return err
	}
	commands := bufio.NewScanner(os.Stdin)
	for commands.Scan() && commands.Text() != "leave" {
		if err := viewer.command(commands.Text()); err != nil {
			return err
		}
	}
	return viewer.command("leave")
}

func version() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, module := range info.Deps {
			if module.Path == "github.com/pion/webrtc/v4" {
				return strings.TrimPrefix(module.Version, "v")
			}
		}
	}
	return "unknown"
}

func main() {
	say("stack", event{"name": "pion", "version": version()})
	err := run()
	if err == nil {
		return
	}
	var no refused
	if errors.As(err, &no) {
		say("refused", event{"status": no.status, "reason": no.body})
	} else {
		say("failed", event{"why": err.Error()})
	}
	os.Exit(1)
}
