import * as $protobuf from "protobufjs";
import Long = require("long");

/** Namespace peerpods. */
export namespace peerpods {

    /** Namespace session. */
    namespace session {

        /** Namespace v1. */
        namespace v1 {

            /**
             * Properties of a ResumeRequest.
             * @deprecated Use peerpods.session.v1.ResumeRequest.$Properties instead.
             */
            interface IResumeRequest extends peerpods.session.v1.ResumeRequest.$Properties {
            }

            /** Represents a ResumeRequest. */
            class ResumeRequest {

                /**
                 * Constructs a new ResumeRequest.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: peerpods.session.v1.ResumeRequest.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** ResumeRequest sessionId. */
                sessionId: Uint8Array;

                /** ResumeRequest receivedBytes. */
                receivedBytes: Long;

                /**
                 * Creates a new ResumeRequest instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns ResumeRequest instance
                 */
                static create(properties: peerpods.session.v1.ResumeRequest.$Shape): peerpods.session.v1.ResumeRequest & peerpods.session.v1.ResumeRequest.$Shape;
                static create(properties?: peerpods.session.v1.ResumeRequest.$Properties): peerpods.session.v1.ResumeRequest;

                /**
                 * Encodes the specified ResumeRequest message. Does not implicitly {@link peerpods.session.v1.ResumeRequest.verify|verify} messages.
                 * @param message ResumeRequest message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: peerpods.session.v1.ResumeRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a ResumeRequest message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {peerpods.session.v1.ResumeRequest & peerpods.session.v1.ResumeRequest.$Shape} ResumeRequest
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): peerpods.session.v1.ResumeRequest & peerpods.session.v1.ResumeRequest.$Shape;

                /**
                 * Gets the type url for ResumeRequest
                 * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
                 * @returns The type url
                 */
                static getTypeUrl(prefix?: string): string;
            }

            namespace ResumeRequest {

                /** Properties of a ResumeRequest. */
                interface $Properties {

                    /** ResumeRequest sessionId */
                    sessionId?: (Uint8Array|null);

                    /** ResumeRequest receivedBytes */
                    receivedBytes?: (Long|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a ResumeRequest. */
                type $Shape = peerpods.session.v1.ResumeRequest.$Properties;
            }

            /**
             * Properties of a ResumeResponse.
             * @deprecated Use peerpods.session.v1.ResumeResponse.$Properties instead.
             */
            interface IResumeResponse extends peerpods.session.v1.ResumeResponse.$Properties {
            }

            /** Represents a ResumeResponse. */
            class ResumeResponse {

                /**
                 * Constructs a new ResumeResponse.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: peerpods.session.v1.ResumeResponse.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** ResumeResponse resumed. */
                resumed: boolean;

                /** ResumeResponse receivedBytes. */
                receivedBytes: Long;

                /**
                 * Creates a new ResumeResponse instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns ResumeResponse instance
                 */
                static create(properties: peerpods.session.v1.ResumeResponse.$Shape): peerpods.session.v1.ResumeResponse & peerpods.session.v1.ResumeResponse.$Shape;
                static create(properties?: peerpods.session.v1.ResumeResponse.$Properties): peerpods.session.v1.ResumeResponse;

                /**
                 * Encodes the specified ResumeResponse message. Does not implicitly {@link peerpods.session.v1.ResumeResponse.verify|verify} messages.
                 * @param message ResumeResponse message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: peerpods.session.v1.ResumeResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a ResumeResponse message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {peerpods.session.v1.ResumeResponse & peerpods.session.v1.ResumeResponse.$Shape} ResumeResponse
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): peerpods.session.v1.ResumeResponse & peerpods.session.v1.ResumeResponse.$Shape;

                /**
                 * Gets the type url for ResumeResponse
                 * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
                 * @returns The type url
                 */
                static getTypeUrl(prefix?: string): string;
            }

            namespace ResumeResponse {

                /** Properties of a ResumeResponse. */
                interface $Properties {

                    /** ResumeResponse resumed */
                    resumed?: (boolean|null);

                    /** ResumeResponse receivedBytes */
                    receivedBytes?: (Long|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a ResumeResponse. */
                type $Shape = peerpods.session.v1.ResumeResponse.$Properties;
            }
        }
    }
}
