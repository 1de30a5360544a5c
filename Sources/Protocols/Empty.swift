// swift-reactor
